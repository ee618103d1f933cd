// New key pairs in the forms that ssh reads. Sources: EC2 user guide, "Create a key pair" and
// "Verify the fingerprint of your public key"; RFC 4253, 6.6; OpenSSH's PROTOCOL.key.
#pragma once

#include <string>
#include <string_view>

namespace mainstay::ec2 {

struct SshKey {
  std::string private_key;  // PEM
  std::string public_key;   // "ssh-rsa AAAA..."
  std::string fingerprint;
};

SshKey generate_rsa_key(std::string_view comment);  // 2048 bits
SshKey generate_ed25519_key(std::string_view comment);

// Bytes as pairs of hexadecimal digits with colons between.
std::string colons(std::string_view digest);

}  // namespace mainstay::ec2
