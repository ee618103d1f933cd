#include "formation/custom_resource.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "formation/engine.hh"

namespace mainstay::formation {
namespace {

constexpr int64_t timeout_s_default = 3600, timeout_s_max = 3600;  // ServiceTimeout
constexpr size_t response_bytes_max = 4096;                        // "Response objects"

// "arn:aws:lambda:us-east-1:123456789012:function:name"
struct ServiceToken {
  std::string arn, service, region, account;
};

Result<ServiceToken> token_of(const Subject& s) {
  const std::string& arn = s.properties["ServiceToken"].as_string();
  auto fields = split(arn, ":");
  bool known = fields.size() > 5 && (fields[2] == "lambda" || fields[2] == "sns");
  if (!known)
    return validation_error("Invalid ServiceToken \"" + arn +
                            "\": the ARN of a Lambda function or of an SNS topic is wanted");
  return ServiceToken{arn, fields[2], fields[3], fields[4]};
}

// The same for the same request of the same operation, so that one that was interrupted is sent,
// and answered, once.
std::string request_id_of(const Subject& s, std::string_view kind) {
  std::string digest = hex_encode(sha256(join({s.operation, s.where.logical_id, std::string(kind),
                                               std::to_string(s.where.generation), s.physical_id},
                                              "\n")));
  return digest.substr(0, 8) + "-" + digest.substr(8, 4) + "-" + digest.substr(12, 4) + "-" +
         digest.substr(16, 4) + "-" + digest.substr(20, 12);
}

// A provider gets every scalar as text (user guide, "Custom resources": ResourceProperties).
Value as_texts(const Value& v) {
  if (v.is_map()) {
    Value out = Value::map({});
    for (const auto& [name, member] : v.members()) out.set(name, as_texts(member));
    return out;
  }
  if (!v.is_list()) return v.is_null() ? v : Value(v.to_text());
  Value out = Value::list();
  for (const Value& item : v.items()) out.push_back(as_texts(item));
  return out;
}

std::string response_url(const Subject& s, const std::string& request_id) {
  std::string place = percent_encode(s.where.stack_id) + "/" + request_id;
  return s.cloud.endpoint() + std::string(custom_response_path) + s.where.region + "/" + place +
         "?X-Amz-Signature=" + stable_text(s.where, request_id, 64, "0123456789abcdef");
}

Value request_of(const Subject& s, std::string_view kind, const std::string& request_id) {
  Value out = Value::map({{"RequestType", kind},
                          {"ServiceToken", s.properties["ServiceToken"]},
                          {"ResponseURL", response_url(s, request_id)},
                          {"StackId", s.where.stack_id},
                          {"RequestId", request_id},
                          {"LogicalResourceId", s.where.logical_id},
                          {"ResourceType", s.where.type},
                          {"ResourceProperties", as_texts(s.properties)}});
  if (kind != "Create") out.set("PhysicalResourceId", s.physical_id);
  if (kind == "Update") out.set("OldResourceProperties", as_texts(s.before));
  return out;
}

// Once a request: the call's answer is kept until the resource is.
Status send(Subject& s, std::string_view kind, const std::string& request_id) {
  TRY(ServiceToken to, token_of(s));
  if (!s.cloud.has_service(to.service))
    return validation_error("this cloud does not have the service of " + to.arn);
  if (s.cloud.endpoint().empty())
    return validation_error(
        "the provider of a custom resource answers over HTTP, and this cloud "
        "does not listen: run `mainstay cloud serve` and use its endpoint");
  std::string text = to_json(request_of(s, kind, request_id));
  Value in =
      to.service == "lambda"
          ? Value::map(
                {{"FunctionName", to.arn}, {"InvocationType", "Event"}, {"Payload", Bytes{text}}})
          : Value::map({{"TopicArn", to.arn},
                        {"Subject", "AWS CloudFormation custom resource request"},
                        {"Message", text}});
  std::string once = s.operation + "/custom/" + request_id;
  s.calls.push_back({once, to.service, in});
  auto sent = s.cloud.invoke(s.caller, to.account, to.region, to.service,
                             to.service == "lambda" ? "Invoke" : "Publish", in, once);
  return sent.has_value() ? Status() : Status(handler_error(s, to.service, sent.error()));
}

int64_t timeout_s_of(const Subject& s) {
  return std::clamp(parse_int(s.properties["ServiceTimeout"].to_text()).value_or(timeout_s_default),
                    int64_t{1}, timeout_s_max);
}

Value take_response(Subject& s, const std::string& request_id) {
  Value found;
  (void)s.cloud.update("cloudformation", s.where.account, s.where.region,
                       [&](Call& call) -> Status {
                         std::string id = row(uuid_of(s.where.stack_id), request_id);
                         if (const Value* response = call.find(custom_responses, id))
                           found = *response;
                         return {};
                       });
  return found;
}

Error failed(const std::string& reason, const std::string& request_id) {
  return validation_error(
      "Received response status [FAILED] from custom resource. Message "
      "returned: " +
      reason + " (RequestId: " + request_id + ")");
}

// What the provider says of a resource that it has made or changed.
Status take_answer(Subject& s, const Value& response, const std::string& request_id) {
  const std::string& id = response["PhysicalResourceId"].as_string();
  if (!id.empty()) s.physical_id = id;
  if (response["Status"].as_string() != "SUCCESS")
    return failed(response["Reason"].as_string(), request_id);
  if (id.empty()) return validation_error("Invalid PhysicalResourceId");
  s.attributes = response["Data"].is_map() ? response["Data"] : Value::map({});
  return {};
}

// The answer to a request, once it is there.
Result<Value> ask(Subject& s, std::string_view kind) {
  const std::string request_id = request_id_of(s, kind);
  if (s.state.is_null()) {
    CHECK_OK(send(s, kind, request_id));
    s.state = s.cloud.now() + timeout_s_of(s) * 1000;
  }
  Value response = take_response(s, request_id);
  if (!response.is_null()) return response.set("RequestId", request_id);
  if (s.is_unwanted) return Error("Cancelled", "Resource creation cancelled");
  s.look_at = s.state.as_time();
  if (s.cloud.now() < *s.look_at) return not_yet();
  return validation_error(
      "CloudFormation did not receive a response from your Custom Resource. Please check your logs "
      "for requestId [" +
      request_id +
      "]. If you are using the Python cfn-response module, you may need to update your Lambda "
      "function code so that CloudFormation can attach the updated version.");
}

struct ResponsePlace {
  StackKey key;
  std::string request_id;
};

// ".../cloudformation-custom-resource-response-REGION/STACK-ARN/RequestId"
std::optional<ResponsePlace> parse_place(std::string_view path) {
  auto parts = split(path.substr(1), "/");
  if (parts.size() != 3) return std::nullopt;
  std::string arn = percent_decode(parts[1]);
  auto fields = split(arn, ":");
  if (fields.size() < 6) return std::nullopt;
  return ResponsePlace{{fields[4], fields[3], arn}, percent_decode(parts[2])};
}

// As it is kept: what can't be taken for an answer is one of failure, as the provider meant one.
Value response_of(std::string_view body, const ResponsePlace& place) {
  auto no = [](const char* reason) {
    return Value::map({{"Status", "FAILED"}, {"Reason", reason}});
  };
  if (body.size() > response_bytes_max) return no("Response object is too long.");
  auto response = parse_json(body);
  if (!response.has_value() || !response->is_map()) return no("Response is not a JSON object.");
  for (const auto& [name, expected] :
       {std::pair("StackId", &place.key.id), std::pair("RequestId", &place.request_id)})
    if ((*response)[name].as_string() != *expected)
      return no("Response has another StackId or RequestId than the request.");
  const std::string& status = (*response)["Status"].as_string();
  if (status != "SUCCESS" && status != "FAILED")
    return no("Response has no Status of SUCCESS or FAILED.");
  return std::move(*response);
}

}  // namespace

// One that was asked for and fails without an id has one all the same, under which its deletion is
// asked for.
Status create_custom(Subject& s) {
  auto response = ask(s, "Create");
  Status done = response.has_value()
                    ? take_answer(s, *response, (*response)["RequestId"].as_string())
                    : Status(response.error());
  bool waits = !done.has_value() && is_not_yet(done.error());
  bool was_asked = !s.state.is_null();
  if (was_asked && !waits && s.physical_id.empty()) s.physical_id = physical_name(s.where, {});
  return done.has_value() ? s.initiated() : done;
}

Status update_custom(Subject& s) {
  if (s.before["ServiceToken"] != s.properties["ServiceToken"])
    return validation_error("Modifying service token is not allowed.");
  TRY(Value response, ask(s, "Update"));
  return take_answer(s, response, response["RequestId"].as_string());
}

Status remove_custom(Subject& s) {
  TRY(Value response, ask(s, "Delete"));
  if (response["Status"].as_string() == "SUCCESS") return {};
  return failed(response["Reason"].as_string(), response["RequestId"].as_string());
}

std::optional<HttpResponse> answer_custom_response(cloud::Cloud& cloud,
                                                   const HttpRequest& request) {
  if (request.method != "PUT" || !request.path.starts_with(custom_response_path))
    return std::nullopt;
  auto place = parse_place(request.path);
  if (!place) return HttpResponse{404, {{"Content-Type", "text/plain"}}, "no such request\n"};
  Status kept = cloud.update("cloudformation", place->key.account, place->key.region,
                             [&](Call& call) -> Status {
                               TRY(Value stack, find_stack(call, place->key.id));
                               if (!in_progress(stack))
                                 return validation_error("the stack waits for no answer");
                               std::string id = row(place->key.uuid(), place->request_id);
                               call.put(custom_responses, id, response_of(request.body, *place));
                               wake(call, place->key);
                               return {};
                             });
  if (kept.has_value()) return HttpResponse{};
  return HttpResponse{403, {{"Content-Type", "text/plain"}}, kept.error().message + "\n"};
}

}  // namespace mainstay::formation
