// Configurations of function URLs. They are kept and answered; requests to the URLs are not served.
//
// Table "url", by key_of(function, alias): UrlId, AuthType, Cors?, InvokeMode, Created, Changed.
#include "base/text.hh"
#include "services/lambda/function.hh"
#include "services/lambda/handlers.hh"

namespace mainstay::lambda {
namespace {

Value answer(const Call& call, const FunctionName& named, const Value& url) {
  Value out = Value::map({{"FunctionUrl", "https://" + url["UrlId"].as_string() + ".lambda-url." +
                                              call.region + ".on.aws/"},
                          {"FunctionArn", function_arn(call, named.name, named.qualifier)},
                          {"AuthType", url["AuthType"]},
                          {"InvokeMode", url["InvokeMode"]},
                          {"CreationTime", format_iso8601(url["Created"].as_time(), true)},
                          {"LastModifiedTime", format_iso8601(url["Changed"].as_time(), true)}});
  if (url.has("Cors")) out.set("Cors", url["Cors"]);
  return out;
}

Result<FunctionName> named_function(const Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  if (is_version(named.qualifier) || !find_target(call, named).has_value())
    return not_found("Function does not exist");
  return named;
}

Result<Value> find_url(const Call& call, const FunctionName& named) {
  const Value* found = call.find("url", key_of(named.name, named.qualifier));
  if (!found) return not_found("The resource you requested does not exist.");
  return *found;
}

void change(Value& url, const Value& in) {
  for (const char* member : {"AuthType", "Cors", "InvokeMode"})
    if (in.has(member)) url.set(member, in[member]);
  if (url.has("Cors") && url["Cors"].empty()) url.erase("Cors");
}

}  // namespace

Result<Value> create_url(Call& call, const Value& in) {
  TRY(FunctionName named, named_function(call, in));
  if (find_url(call, named).has_value())
    return conflict("Failed to create function url config for [functionArn = " +
                    function_arn(call, named.name, named.qualifier) +
                    "]. Error message:  FunctionUrlConfig exists for this Lambda function");
  Value url = Value::map({{"UrlId", to_lower(call.random.alphanumeric(32))},
                          {"InvokeMode", "BUFFERED"},
                          {"Created", call.now},
                          {"Changed", call.now}});
  change(url, in);
  call.put("url", key_of(named.name, named.qualifier), url);
  Value out = answer(call, named, url);
  out.erase("LastModifiedTime");
  if (!in.has("InvokeMode")) out.erase("InvokeMode");
  return out;
}

Result<Value> get_url(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  TRY(Value url, find_url(call, named));
  return answer(call, named, url);
}

Result<Value> list_urls(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  if (!call.find("function", named.name)) return not_found("Function does not exist");
  List items;
  std::string start = key_of(named.name, "");
  const store::Documents& all = call.all("url");
  for (auto it = all.lower_bound(start); it != all.end() && it->first.starts_with(start); ++it) {
    FunctionName one{named.name, it->first.substr(start.size()), "", ""};
    items.push_back(answer(call, one, it->second));
  }
  auto key = [](const Value& item) { return item["FunctionArn"].as_string(); };
  return answer_page(std::move(items), key, in, "FunctionUrlConfigs");
}

Result<Value> update_url(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  TRY(Value url, find_url(call, named));
  change(url, in);
  call.put("url", key_of(named.name, named.qualifier), url.set("Changed", call.now));
  return answer(call, named, url);
}

Result<Value> delete_url(Call& call, const Value& in) {
  TRY(FunctionName named, function_named(call, in));
  CHECK_OK(find_url(call, named));
  call.remove("url", key_of(named.name, named.qualifier));
  return Value::map({});
}

}  // namespace mainstay::lambda
