// Hooks that see to key pairs and server certificates.
#include "base/text.hh"
#include "stacks/own_hooks.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t key_bytes_max = 64 * 1024;

Result<std::string> read_argument_file(const HookCall& call, const std::string& path) {
  std::string home = call.session.around.process.text("HOME");
  std::string full = path.starts_with("~/") ? home + path.substr(1) : path;
  return call.session.around.files.read(full, key_bytes_max);
}

Value key_value(const char* status, const Value& key) {
  return Value::map(
      {{"status", status}, {"key_name", key["KeyName"]}, {"fingerprint", key["KeyFingerprint"]}});
}

Result<Value> import_key(const HookCall& call, const std::string& name, const std::string& path) {
  TRY(std::string text, read_argument_file(call, path));
  std::string key(trim(text));
  // Amazon EC2 API Reference, ImportKeyPair: RSA and ED25519, in OpenSSH's format among others
  if (!key.starts_with("ssh-rsa") && !key.starts_with("ssh-ed25519"))
    return hook_error(path + " is no public key that starts with ssh-rsa or ssh-ed25519");
  TRY(Value made, call.call("ec2", "ImportKeyPair",
                            Value::map({{"KeyName", name}, {"PublicKeyMaterial", Bytes{key}}})));
  return key_value("imported", made);
}

// The private key is kept in a parameter, or the pair is taken back, as nobody could use it.
Result<Value> make_key_in_ssm(const HookCall& call, const std::string& name,
                              const std::string& parameter) {
  TRY(Value made, call.call("ec2", "CreateKeyPair", Value::map({{"KeyName", name}})));
  if (call.session.around.secrets)
    call.session.around.secrets->add(made["KeyMaterial"].as_string());
  Value input = Value::map({{"Name", parameter},
                            {"Description", "SSH private key of the key pair " + name},
                            {"Value", made["KeyMaterial"]},
                            {"Type", "SecureString"},
                            {"Overwrite", false}});
  if (std::string key_id = call.args["ssm_key_id"].to_text(); !key_id.empty())
    input.set("KeyId", key_id);
  auto kept = call.call("ssm", "PutParameter", input);
  if (kept) return key_value("created", made);
  CHECK_OK(call.call("ec2", "DeleteKeyPair", Value::map({{"KeyName", name}})));
  return hook_error("its private key could not be kept in " + parameter + ": " +
                    kept.error().message);
}

}  // namespace

Result<Value> ensure_keypair_exists(const HookCall& call) {
  std::string name = call.args["keypair"].to_text();
  std::string parameter = call.args["ssm_parameter_name"].to_text();
  std::string path = call.args["public_key_path"].to_text();
  if (name.empty()) return hook_error("it needs the argument keypair");
  if (!parameter.empty() && !path.empty())
    return hook_error("public_key_path and ssm_parameter_name exclude each other");
  TRY(Value all, call.call("ec2", "DescribeKeyPairs", Value::map()));
  for (const Value& key : all["KeyPairs"].items())
    if (key["KeyName"] == Value(name)) return key_value("exists", key);
  if (!path.empty()) return import_key(call, name, path);
  if (!parameter.empty()) return make_key_in_ssm(call, name, parameter);
  return Error("HookFailed", "there is no key pair " + printable(name) +
                                 ", and nothing says where "
                                 "it should come from")
      .with_hint("give public_key_path, or ssm_parameter_name for a new one");
}

Result<Value> ensure_server_cert_exists(const HookCall& call) {
  std::string name = call.args["cert_name"].to_text();
  if (name.empty()) return hook_error("it needs the argument cert_name");
  auto result = [&](const char* status, const Value& metadata) {
    return Value::map({{"status", status}, {"cert_name", name}, {"cert_arn", metadata["Arn"]}});
  };
  auto found =
      call.call("iam", "GetServerCertificate", Value::map({{"ServerCertificateName", name}}));
  if (found) return result("exists", (*found)["ServerCertificate"]["ServerCertificateMetadata"]);
  if (found.error().code != "NoSuchEntity") return found;
  Value input = Value::map({{"ServerCertificateName", name}});
  constexpr std::pair<const char*, const char*> parts[] = {
      {"path_to_certificate", "CertificateBody"},
      {"path_to_private_key", "PrivateKey"},
      {"path_to_chain", "CertificateChain"}};
  for (const auto& [argument, member] : parts) {
    std::string path = call.args[argument].to_text();
    if (path.empty()) continue;
    TRY(std::string text, read_argument_file(call, path));
    input.set(member, text);
  }
  if (!input.has("CertificateBody") || !input.has("PrivateKey"))
    return Error("HookFailed", "there is no certificate " + printable(name) + " yet")
        .with_hint("give path_to_certificate and path_to_private_key, to upload it");
  TRY(Value made, call.call("iam", "UploadServerCertificate", input));
  return result("uploaded", made["ServerCertificateMetadata"]);
}

}  // namespace mainstay::stacks
