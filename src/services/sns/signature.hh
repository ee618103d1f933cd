// Signatures of messages: every notification and confirmation carries one that its receiver may
// verify with the certificate at SigningCertURL ("Verifying the signatures of Amazon SNS messages",
// developer guide). The key is made when the first message is signed and is this process's own: a
// message that was kept over a restart can't be verified any more. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/value.hh"

namespace mainstay::sns {

// Adds SignatureVersion, Signature and SigningCertURL to a message as it is sent. version: "1"
// (SHA-1) or "2" (SHA-256); "" leaves it unsigned, as those of FIFO topics are (recorded on AWS).
// base_url: where this cloud is reached.
void sign_message(Value& message, std::string_view version, const std::string& base_url);

// The certificate as PEM, if the path of a URL is that of SigningCertURL.
std::optional<std::string> certificate_at(std::string_view path);

}  // namespace mainstay::sns
