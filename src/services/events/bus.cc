#include "services/events/bus.hh"

#include "base/text.hh"
#include "cloud/kept_policy.hh"
#include "cloud/paging.hh"
#include "services/events/handlers.hh"
#include "services/events/rule.hh"
#include "wire/arn.hh"

namespace mainstay::events {
namespace {

constexpr size_t buses_max = 100;  // "Amazon EventBridge quotas": event buses
constexpr int64_t page_max = 100;
constexpr std::string_view bus_prefix = "event-bus/";

Value shown_bus(Call& call, const Value& bus) {
  Value out =
      with_members(bus, {"Name", "Description", "Policy", "CreationTime", "LastModifiedTime"});
  if (out.has("Policy")) out.set("Policy", cloud::shown_policy(call, out["Policy"].as_string()));
  return out.set("Arn", bus_arn(call, bus["Name"].as_string()));
}

Status check_new_name(const std::string& name) {
  if (name == default_bus)
    return aws_error("ResourceAlreadyExistsException", "Event bus default already exists.");
  if (name.find('/') != std::string::npos)
    return validation("Event bus name must not contain '/'.");
  if (name.starts_with("aws.") || name.starts_with("arn:"))
    return not_valid("Name", "Event bus names cannot begin with aws. or be ARNs.");
  return {};
}

}  // namespace

Error not_found(std::string message) {
  return aws_error("ResourceNotFoundException", std::move(message));
}

Error validation(std::string message) {
  return aws_error("ValidationException", std::move(message));
}

Error not_valid(std::string_view parameter, std::string_view reason) {
  return validation("Parameter " + std::string(parameter) +
                    " is not valid. Reason: " + std::string(reason));
}

Error limit_exceeded() {
  return aws_error("LimitExceededException",
                   "The requested resource exceeds the maximum number allowed.");
}

std::string bus_name_of(const Value& name_or_arn) {
  const std::string& text = name_or_arn.as_string();
  if (text.empty()) return std::string(default_bus);
  auto arn = wire::parse_arn(text);
  if (!arn.has_value() || !arn->resource.starts_with(bus_prefix)) return text;
  return arn->resource.substr(bus_prefix.size());
}

std::string bus_account_of(const Value& name_or_arn) {
  auto arn = wire::parse_arn(name_or_arn.as_string());
  return arn.has_value() ? arn->account : "";
}

std::string bus_arn(const Call& call, const std::string& name) {
  return call.arn(std::string(bus_prefix) + name);
}

Result<Value> find_bus(Call& call, const std::string& name) {
  if (const Value* bus = call.find("bus", name)) return *bus;
  return not_found("Event bus " + printable(name) + " does not exist.");
}

void put_bus(Call& call, const Value& bus) {
  call.put("bus", bus["Name"].as_string(), bus);
}

Status make_default_bus(Call& call) {
  put_bus(call, Value::map({{"Name", default_bus},
                            {"CreationTime", call.now},
                            {"LastModifiedTime", call.now},
                            {"Tags", Value::list()}}));
  return {};
}

Value with_members(const Value& document, std::initializer_list<const char*> names) {
  Value out = Value::map({});
  for (const char* name : names)
    if (const Value* member = document.find(name)) out.set(name, *member);
  return out;
}

Result<Value> page_of(Call& call, const Value& in, std::string_view table,
                      const std::string& prefix, std::string_view member,
                      Value (*shown)(Call&, const Value&),
                      bool (*keep)(Call&, const Value& document, const Value& in)) {
  std::string from = prefix;
  if (in.has("NextToken")) {
    auto position = cloud::read_token(in["NextToken"].as_string());
    if (!position) return validation("The specified NextToken is invalid.");
    from = *position;
  }
  auto count = static_cast<size_t>(in["Limit"].as_int(page_max));
  Value items = Value::list(), out = Value::map({});
  const auto& all = call.all(table);
  for (auto it = all.lower_bound(from); it != all.end() && it->first.starts_with(prefix); ++it) {
    if (keep && !keep(call, it->second, in)) continue;
    if (items.size() == count) {
      out.set("NextToken", cloud::make_token(it->first));
      break;
    }
    items.push_back(shown(call, it->second));
  }
  return out.set(member, std::move(items));
}

Result<Value> create_event_bus(Call& call, const Value& in) {
  const std::string& name = in["Name"].as_string();
  if (in.has("EventSourceName"))
    return aws_error("NotImplemented",
                     "mainstay's embedded cloud does not implement partner event sources", 501);
  CHECK_OK(check_new_name(name));
  if (call.find("bus", name))
    return aws_error("ResourceAlreadyExistsException", "Event bus " + name + " already exists.");
  if (call.all("bus").size() >= buses_max) return limit_exceeded();
  Value bus = with_members(
      in, {"Name", "Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"});
  bus.set("CreationTime", call.now).set("LastModifiedTime", call.now);
  put_bus(call, bus.set("Tags", in["Tags"].is_list() ? in["Tags"] : Value::list()));
  Value out =
      with_members(in, {"Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"});
  return out.set("EventBusArn", bus_arn(call, name));
}

Result<Value> describe_event_bus(Call& call, const Value& in) {
  TRY(Value bus, find_bus(call, bus_name_of(in["Name"])));
  Value out = shown_bus(call, bus);
  for (const char* member : {"KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"})
    if (bus.has(member)) out.set(member, bus[member]);
  return out;
}

Result<Value> update_event_bus(Call& call, const Value& in) {
  TRY(Value bus, find_bus(call, bus_name_of(in["Name"])));
  for (const char* member : {"KmsKeyIdentifier", "Description", "DeadLetterConfig", "LogConfig"})
    if (in.has(member)) bus.set(member, in[member]);
  put_bus(call, bus.set("LastModifiedTime", call.now));
  Value out = with_members(
      bus, {"Name", "KmsKeyIdentifier", "Description", "DeadLetterConfig", "LogConfig"});
  return out.set("Arn", bus_arn(call, bus["Name"].as_string()));
}

Result<Value> delete_event_bus(Call& call, const Value& in) {
  std::string name = bus_name_of(in["Name"]);
  if (name == default_bus) return validation("Cannot delete event bus default.");
  CHECK_OK(find_bus(call, name));
  if (has_rules(call, name))
    return validation("Event bus " + name + " cannot be deleted because it has rules.");
  call.remove("bus", name);
  return Value::map({});
}

Result<Value> list_event_buses(Call& call, const Value& in) {
  return page_of(call, in, "bus", in["NamePrefix"].as_string(), "EventBuses", shown_bus);
}

}  // namespace mainstay::events
