// Where credentials come from. The chain is that of the AWS command line tools (AWS SDKs and Tools
// Reference Guide, "Standardized credential providers"): environment, web identity, profile (keys,
// or a role with a source), container, instance metadata. IAM Identity Center (SSO) and
// credential_process are recognised and refused, not skipped.
//
// Threads: get may be called by many at once.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "aws/profiles.hh"
#include "aws/transport.hh"
#include "base/value.hh"
#include "host/clock.hh"

namespace mainstay::aws {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;    // "" for long-term keys
  std::optional<Time> expires;  // nothing: never
  std::string source;           // for people: "environment", "profile dev", ...
};

class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  // Errors: "CredentialsMissing", "CredentialsInvalid", "CredentialsUnsupported".
  virtual Result<Credentials> get() = 0;
};

class StaticCredentials : public CredentialSource {
 public:
  explicit StaticCredentials(Credentials c) : credentials_(std::move(c)) {}
  Result<Credentials> get() override { return credentials_; }

 private:
  Credentials credentials_;
};

// What the chain needs from outside.
struct CredentialContext {
  const Environment& environment;
  const Files& files;
  const Clock& clock;
  const Profiles& profiles;
  Transport& transport;  // to container and instance metadata
  // Calls an operation of STS, signed with the given credentials, unsigned if there are none.
  std::function<Result<Value>(std::string_view operation, const Value& input,
                              const Credentials* signer)>
      call_sts;
};

// Found once, kept, and found anew five minutes before they expire.
class CredentialChain : public CredentialSource {
 public:
  // profile: as asked for by flag, which goes before environment variables; "" if it was not.
  CredentialChain(CredentialContext context, std::string profile)
      : context_(std::move(context)), profile_(std::move(profile)) {}
  Result<Credentials> get() override;

 private:
  Result<Credentials> find() const;

  CredentialContext context_;
  std::string profile_;
  std::mutex mutex_;
  std::optional<Credentials> kept_;
};

}  // namespace mainstay::aws
