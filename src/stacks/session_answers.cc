// What programs of the user's own ask a run for.
#include "stacks/session.hh"

#include "base/text.hh"

namespace mainstay::stacks {
namespace {

// As boto3's describe_stacks gives it; null where there is none.
Result<Value> deployed_stack(aws::Client& client, const std::string& name,
                             const std::string& region) {
  auto answer =
      client.call("cloudformation", "DescribeStacks", Value::map({{"StackName", name}}), region);
  if (answer) return (*answer)["Stacks"].at(0);
  if (answer.error().code == "ValidationError" && answer.error().message.contains("does not exist"))
    return Value();
  return answer;
}

Value access_value(const AwsAccess& access) {
  return Value::map({{"endpoint", access.endpoint},
                     {"access_key", access.access_key_id},
                     {"secret_key", access.secret_access_key},
                     {"token", access.session_token},
                     {"region", access.region}});
}

}  // namespace

Result<Value> Session::answer(const StackConfig& stack, const std::string& what,
                              const Value& with) {
  if (what == "aws") {
    if (!around.access) return Error("NotSupported", "this run has no keys to give to programs");
    const std::string& profile = with["profile"].as_string();
    TRY(AwsAccess access, around.access(profile.empty() ? stack.profile : profile));
    if (around.secrets) around.secrets->add_value(access.secret_access_key);
    return access_value(access);
  }
  if (what == "stack") {
    TRY(auto client, around.client(stack.profile));
    const std::string& region = with["region"].as_string();
    return deployed_stack(*client, with["name"].as_string(),
                          region.empty() ? region_of(stack, *client) : region);
  }
  if (what == "resolve") return resolved(stack, with["value"], {});
  if (what == "lookup")
    return resolved(stack, "${" + with["name"].as_string() + " " + with["data"].to_text() + "}",
                    {});
  if (what == "hook") return run_own_hook(with["path"].as_string(), with["args"]);
  return Error("NotSupported", "\"" + printable(what) + "\" is nothing that can be asked for");
}

}  // namespace mainstay::stacks
