#include "aws/client.hh"

#include <set>

#include "wire/client.hh"
#include "wire/sigv4.hh"

namespace mainstay::aws {
namespace {

constexpr std::string_view user_agent = "mainstay/0.1";

Error explain(Error error, std::string_view service, std::string_view operation) {
  return std::move(error).because(std::string(service) + ":" + std::string(operation));
}

// A refusal ("already exists") may be of what an earlier try has done: then that one is the cause.
Error after(const std::optional<Error>& unsure, Error error) {
  if (!unsure || unsure->code == error.code) return error;
  return std::move(error).because("after a try that was answered \"" + unsure->message + "\"");
}

}  // namespace

Result<Value> Client::call(std::string_view service, std::string_view operation, const Value& input,
                           std::string_view region) {
  return call_with_retries(service, operation, input, region,
                           [&]() -> Result<std::optional<Credentials>> {
                             TRY(Credentials found, options_.credentials->get());
                             return found;
                           });
}

Result<Value> Client::call_as(const Credentials* signer, std::string_view service,
                              std::string_view operation, const Value& input) {
  return call_with_retries(service, operation, input, "",
                           [&]() -> Result<std::optional<Credentials>> {
                             if (!signer) return std::nullopt;
                             return *signer;
                           });
}

Result<Value> Client::call_with_retries(
    std::string_view service, std::string_view operation, const Value& input,
    std::string_view region, const std::function<Result<std::optional<Credentials>>()>& signer) {
  TRY(auto model, options_.models(service));
  const wire::Operation* known = model->operation(operation);
  if (!known)
    return Error("OperationUnknown",
                 "no operation " + std::string(operation) + " in " + std::string(service));
  wire::EncodeOptions encoding;
  encoding.idempotency_token = [this] { return token(); };
  auto request = wire::encode_request(*model, *known, model->protocol(), input, encoding);
  if (!request) return explain(request.error(), service, operation);
  TRY(std::string prefix, wire::host_prefix(*known, input));
  Attempt plan{*model, *known, *request, prefix,
               region.empty() ? options_.region : std::string(region)};
  std::optional<Error> unsure;  // of a try whose work may have been done nevertheless
  for (int number = 1;; ++number) {
    // Inside the loop: what has expired meanwhile is renewed.
    TRY(auto credentials, signer());
    auto answer = attempt(plan, credentials);
    if (answer) return answer;
    bool again =
        number < options_.retry.attempts_max &&
        (is_retryable(answer.error()) || (number == 1 && is_expired_token(answer.error())));
    if (!again) return explain(after(unsure, std::move(answer.error())), service, operation);
    if (!is_throttling(answer.error()) && !is_expired_token(answer.error()))
      unsure = std::move(answer.error());
    if (!options_.clock->sleep_ms(wait_ms(number + 1), options_.stop))
      return explain(Error("Interrupted", "interrupted"), service, operation);
  }
}

Result<Endpoint> Client::endpoint_for(const Attempt& plan) const {
  std::string_view prefix = plan.model.metadata().endpoint_prefix;
  TRY(Endpoint endpoint, endpoint_of(prefix, plan.region));
  if (options_.endpoint) endpoint.url = *options_.endpoint;
  return endpoint;
}

Result<Value> Client::attempt(const Attempt& plan, const std::optional<Credentials>& signer) {
  const wire::Metadata& metadata = plan.model.metadata();
  TRY(Endpoint endpoint, endpoint_for(plan));
  HttpRequest request = plan.request;
  if (options_.endpoint) {
    request.path = endpoint.url.path + request.path;
  } else {
    endpoint.url.host = plan.host_prefix + endpoint.url.host;
    if (metadata.is_s3) move_bucket_to_host(request, endpoint.url);
  }
  request.headers.set("Host", endpoint.url.authority());
  request.headers.set("User-Agent", std::string(user_agent));
  if (signer && !plan.operation.no_auth) {
    wire::Credentials keys{signer->access_key_id, signer->secret_access_key, signer->session_token};
    wire::SignOptions signing;
    if (plan.operation.unsigned_payload) signing.payload = wire::Payload::unsigned_body;
    wire::sign(request, keys, endpoint.signing_region, metadata.signing_name, options_.clock->now(),
               signing);
  }
  http::ClientOptions sending;
  sending.stop = options_.stop;
  TRY(HttpResponse response, options_.transport->send(request, endpoint.url, sending));
  return wire::decode_response(plan.model, plan.operation, plan.model.protocol(), response);
}

Result<List> Client::list(std::string_view service, const Pages& pages, Value input,
                          std::string_view region) {
  List all;
  std::set<std::string> seen;
  while (seen.size() < pages_max) {
    TRY(Value page, call(service, pages.operation, input, region));
    const List& items = page[pages.items].items();
    all.insert(all.end(), items.begin(), items.end());
    const std::string& next = page[pages.output_token].as_string();
    if (next.empty()) return all;
    if (!seen.insert(next).second)
      return explain(Error("PageTokenRepeated", "the same page was handed out twice"), service,
                     pages.operation);
    input.set(pages.input_token, next);
  }
  return explain(Error("TooManyPages", "more than " + std::to_string(pages_max) + " pages"),
                 service, pages.operation);
}

std::string Client::token() {
  std::scoped_lock lock(mutex_);
  return random_.uuid();
}

int64_t Client::wait_ms(int attempt) {
  std::scoped_lock lock(mutex_);
  return wait_before_ms(options_.retry, attempt, random_);
}

}  // namespace mainstay::aws
