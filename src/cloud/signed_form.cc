#include "cloud/signed_form.hh"

#include "base/digest.hh"
#include "base/text.hh"
#include "cloud/run.hh"
#include "wire/sigv4.hh"

namespace mainstay::cloud {
namespace {

bool is_signed_with(const std::string& secret, const SignedForm& form) {
  std::string key = wire::signing_key(secret, form.date, form.region, "s3");
  return equal_constant_time(hex_encode(hmac_sha256(key, form.text)), form.signature);
}

Error form_does_not_match() {
  return aws_error("SignatureDoesNotMatch",
                   "The request signature we calculated does not match the signature you "
                   "provided. Check your key and signing method.",
                   403);
}

// The same refusal as that of a presigned URL (check_version_2, pipeline.cc).
Error version_2_is_off() {
  return aws_error("InvalidRequest",
                   "The authorization mechanism you have provided is not supported. Please use "
                   "AWS4-HMAC-SHA256.");
}

}  // namespace

// As Cloud::identify() has it of a request.
Result<Caller> Cloud::caller_of_form(const SignedForm& form) {
  if (form.access_key.empty()) {
    Caller nobody;
    nobody.kind = Caller::Kind::anonymous;
    return nobody;
  }
  const Presented presented{"s3", wire::Protocol::rest_xml, form.session_token};
  auto credential = credentials().find(form.access_key);
  if (!credential) {
    CHECK_OK(check_unknown_key(form.access_key, presented));
    if (options_.strict && form.is_version_2) return version_2_is_off();
    if (options_.strict && !is_signed_with(options_.root_secret, form))
      return form_does_not_match();
    Caller root = Caller::root_of(is_account_id(form.access_key) ? std::string_view(form.access_key)
                                                                 : default_account);
    root.access_key = form.access_key;
    return root;
  }
  CHECK_OK(check_credential(*credential, presented));
  if (form.is_version_2) return version_2_is_off();
  if (!is_signed_with((*credential)["SecretAccessKey"].as_string(), form))
    return form_does_not_match();
  return caller_of(*credential);
}

Result<Value> Cloud::invoke_form(const SignedForm& form, const HttpRequest& http,
                                 std::string_view service, std::string_view operation, Value in) {
  TRY(Caller caller, caller_of_form(form));
  caller.source_ip = http.peer;
  std::string account = caller.account.empty() ? std::string(default_account) : caller.account;
  TRY(Work work, make_work(caller, account, form.region, service, operation, std::move(in), ""));
  work.request_id = random().uuid();
  work.endpoint = "http://" + std::string(http.headers.get("Host"));
  work.origin = Origin::of(http);
  work.origin.auth_type = form.access_key.empty() ? "" : "POST";
  work.origin.signature_version = form.is_version_2 ? "AWS" : "AWS4-HMAC-SHA256";
  struct Nobody : Keeper {
    std::shared_ptr<Job> keep() override {
      auto job = std::make_shared<Job>();
      job->done = [](const Work&, Result<Value>) {};
      return job;
    }
  } nobody;
  auto out = attempt(work, nobody);
  if (!out) return aws_error("InternalFailure", "the answer to a form waits", 500);
  return std::move(*out);
}

}  // namespace mainstay::cloud
