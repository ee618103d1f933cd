// Text messages: their settings are kept, none is ever sent, and Publish to a number says so.
// Sources: SetSMSAttributes and its neighbours in the API reference.
#include <algorithm>

#include "services/sns/handlers.hh"

namespace mainstay::sns {
namespace {

constexpr std::string_view names[] = {
    "MonthlySpendLimit", "DeliveryStatusIAMRole", "DeliveryStatusSuccessSamplingRate",
    "DefaultSenderID",   "DefaultSMSType",        "UsageReportS3Bucket"};

}  // namespace

Result<Value> set_sms_attributes(Call& call, const Value& in) {
  const Value* found = call.find("setting", "sms");
  Value all = found ? *found : Value::map({});
  for (const auto& [name, value] : in["attributes"].members()) {
    if (std::find(std::begin(names), std::end(names), name) == std::end(names))
      return aws_error("InvalidParameter", name + " is not a valid attribute");
    const std::string& text = value.as_string();
    if (name == "DefaultSMSType" && text != "Promotional" && text != "Transactional")
      return aws_error("InvalidParameter", "DefaultSMSType is invalid");
    all.set(name, value);
  }
  call.put("setting", "sms", std::move(all));
  return Value::map({});
}

Result<Value> get_sms_attributes(Call& call, const Value& in) {
  const Value* found = call.find("setting", "sms");
  Value out = Value::map({});
  if (found && in["attributes"].empty()) out = *found;
  for (const Value& name : in["attributes"].items())
    if (const Value* value = found ? found->find(name.as_string()) : nullptr)
      out.set(name.as_string(), *value);
  return Value::map({{"attributes", std::move(out)}});
}

// Nobody opts out here, so nobody comes back.
Result<Value> opt_in(Call&, const Value& in) {
  const std::string& number = in["phoneNumber"].as_string();
  size_t digits = static_cast<size_t>(std::ranges::count_if(
      number, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }));
  constexpr size_t digits_max = 15;  // E.164
  if (!number.starts_with('+') || digits + 1 != number.size() || digits == 0 || digits > digits_max)
    return aws_error("InvalidParameter",
                     "Invalid parameter: PhoneNumber Reason: input incorrectly formatted");
  return Value::map({});
}

Result<Value> check_opted_out(Call&, const Value&) {
  return Value::map({{"isOptedOut", false}});
}

Result<Value> list_opted_out(Call&, const Value&) {
  return Value::map({{"phoneNumbers", Value::list()}});
}

Result<Value> get_sandbox_status(Call&, const Value&) {
  return Value::map({{"IsInSandbox", true}});
}

}  // namespace mainstay::sns
