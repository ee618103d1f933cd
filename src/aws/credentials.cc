#include "aws/credentials.hh"

#include "aws/credential_metadata.hh"
#include "aws/credential_profile.hh"

namespace mainstay::aws {

namespace {
constexpr int64_t renew_before_ms = 5 * 60 * 1000;
}

Result<Credentials> CredentialChain::get() {
  std::scoped_lock lock(mutex_);
  bool fresh =
      kept_ && (!kept_->expires || *kept_->expires - context_.clock.now() > renew_before_ms);
  if (!fresh) {
    TRY(kept_, find());
  }
  return *kept_;
}

Result<Credentials> CredentialChain::find() const {
  using Found = Result<std::optional<Credentials>>;
  std::string profile = profile_name(profile_, context_.environment);
  bool named = !profile_.empty() || !context_.environment.text("AWS_PROFILE").empty();
  if (named) CHECK_OK(context_.profiles.require(profile));

  const std::function<Found()> steps[] = {
      [&]() -> Found {
        if (!profile_.empty()) return std::nullopt;
        return from_environment(context_);
      },
      [&]() -> Found {
        if (named) return std::nullopt;
        return from_web_identity(context_);
      },
      [&] { return from_profile(context_, profile); },
      [&] { return from_container(context_); },
      [&] { return from_instance(context_); },
  };
  for (const auto& step : steps) {
    TRY(auto found, step());
    if (found) return *found;
  }
  return Error("CredentialsMissing",
               "no AWS credentials were found in environment variables, "
               "profile \"" +
                   profile + "\", container or instance")
      .with_hint("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with -p");
}

}  // namespace mainstay::aws
