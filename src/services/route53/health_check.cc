#include "base/text.hh"
#include "cloud/paging.hh"
#include "services/route53/zone.hh"

namespace mainstay::route53 {
namespace {

Result<Value> get_check(Call& call, const Value& in) {
  const Value* check = call.find("health-check", in["HealthCheckId"].as_string());
  if (!check)
    return aws_error(
        "NoSuchHealthCheck",
        "No health check exists with the specified ID: " + in["HealthCheckId"].as_string(), 404);
  return *check;
}

Value shown_check(Value check) {
  check.erase("_tags");
  return check;
}

// Defaults as CreateHealthCheck documents them.
Result<Value> complete(Value config) {
  const std::string& type = config["Type"].as_string();
  bool endpoint = type.starts_with("HTTP") || type == "TCP";
  if (endpoint && !config.has("IPAddress") && !config.has("FullyQualifiedDomainName"))
    return aws_error(
        "InvalidInput",
        "Invalid parameter : Either IPAddress or FullyQualifiedDomainName must be specified.");
  auto otherwise = [&](const char* member, Value v) {
    if (!config.has(member)) config.set(member, std::move(v));
  };
  if (endpoint) {
    otherwise("RequestInterval", 30);
    otherwise("FailureThreshold", 3);
    otherwise("Port", type.starts_with("HTTPS") ? 443 : 80);
    otherwise("MeasureLatency", false);
    otherwise("EnableSNI", type.starts_with("HTTPS"));
  }
  otherwise("Inverted", false);
  otherwise("Disabled", false);
  return config;
}

}  // namespace

Result<Value> create_health_check(Call& call, const Value& in) {
  TRY(Value config, complete(in["HealthCheckConfig"]));
  for (const auto& id :
       call.find_by("health-check", "CallerReference", in["CallerReference"].as_string())) {
    const Value& same = *call.find("health-check", id);
    if (same["HealthCheckConfig"] == config)
      return Value::map(
          {{"HealthCheck", shown_check(same)},
           {"Location", "https://route53.amazonaws.com/2013-04-01/healthcheck/" + id}});
    return aws_error(
        "HealthCheckAlreadyExists",
        "A health check with the same CallerReference and other settings already exists.", 409);
  }
  std::string id = call.random.uuid();
  Value check = Value::map({{"Id", id},
                            {"CallerReference", in["CallerReference"]},
                            {"HealthCheckConfig", config},
                            {"HealthCheckVersion", 1}});
  call.put("health-check", id, check);
  return Value::map({{"HealthCheck", check},
                     {"Location", "https://route53.amazonaws.com/2013-04-01/healthcheck/" + id}});
}

Result<Value> get_health_check(Call& call, const Value& in) {
  TRY(Value check, get_check(call, in));
  return Value::map({{"HealthCheck", shown_check(std::move(check))}});
}

Result<Value> list_health_checks(Call& call, const Value& in) {
  List checks;
  for (const auto& [id, check] : call.all("health-check")) checks.push_back(shown_check(check));
  TRY(size_t count, items_asked(in, page_default));
  std::string token = in.has("Marker") ? cloud::make_token(in["Marker"].as_string()) : "";
  TRY(cloud::Page page, cloud::paginate(
                            std::move(checks), [](const Value& c) { return c["Id"].as_string(); },
                            token, count, aws_error("InvalidInput", "Invalid marker")));
  Value out = Value::map({{"HealthChecks", Value(std::move(page.items))},
                          {"IsTruncated", !page.next.empty()},
                          {"Marker", in["Marker"].as_string()},
                          {"MaxItems", std::to_string(count)}});
  if (!page.next.empty()) out.set("NextMarker", *cloud::read_token(page.next));
  return out;
}

Result<Value> update_health_check(Call& call, const Value& in) {
  TRY(Value check, get_check(call, in));
  if (in.has("HealthCheckVersion") && in["HealthCheckVersion"] != check["HealthCheckVersion"])
    return aws_error("HealthCheckVersionMismatch",
                     "The value of HealthCheckVersion does not match the current version.", 409);
  Value config = check["HealthCheckConfig"];
  for (const auto& [name, value] : in.members())
    if (name != "HealthCheckId" && name != "HealthCheckVersion" && name != "ResetElements")
      config.set(name, value);
  TRY(config, complete(std::move(config)));
  check.set("HealthCheckConfig", config)
      .set("HealthCheckVersion", check["HealthCheckVersion"].as_int() + 1);
  call.put("health-check", check["Id"].as_string(), check);
  return Value::map({{"HealthCheck", shown_check(std::move(check))}});
}

Result<Value> delete_health_check(Call& call, const Value& in) {
  TRY(Value check, get_check(call, in));
  call.remove("health-check", check["Id"].as_string());
  return Value::map({});
}

// Nothing is probed here: every check reports success, and says by whom.
Result<Value> get_health_check_status(Call& call, const Value& in) {
  CHECK_OK(get_check(call, in));
  Value report =
      Value::map({{"Status", "Success: mainstay's embedded cloud does not probe endpoints"},
                  {"CheckedTime", call.now}});
  Value observation = Value::map(
      {{"Region", "us-east-1"}, {"IPAddress", "127.0.0.1"}, {"StatusReport", std::move(report)}});
  return Value::map({{"HealthCheckObservations", Value::list({observation})}});
}

}  // namespace mainstay::route53
