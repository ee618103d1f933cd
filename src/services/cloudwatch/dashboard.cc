// Dashboards: kept as they are given.
#include <algorithm>

#include "base/json.hh"
#include "cloud/paging.hh"
#include "services/cloudwatch/handlers.hh"

namespace mainstay::cloudwatch {
namespace {

constexpr size_t dashboards_max = 500, dashboards_a_page = 300;
constexpr size_t name_max = 255;

std::string dashboard_arn(const Call& call, const std::string& name) {
  return "arn:aws:cloudwatch::" + call.account + ":dashboard/" + name;
}

Status check_name(const std::string& name) {
  auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  if (!name.empty() && name.size() <= name_max && std::all_of(name.begin(), name.end(), is_allowed))
    return {};
  return invalid_value(
      "The value for field DashboardName contains invalid characters. It can only contain "
      "alphanumerics, dash (-) and underscore (_).\n");
}

Error no_dashboard(const std::string& name) {
  return aws_error("ResourceNotFound", "Dashboard " + name + " does not exist", 404);
}

}  // namespace

Result<Value> put_dashboard(Call& call, const Value& in) {
  const std::string& name = in["DashboardName"].as_string();
  CHECK_OK(check_name(name));
  auto body = parse_json(in["DashboardBody"].as_string());
  if (!body.has_value() || !body->is_map())
    return aws_error("InvalidParameterInput",
                     "The field DashboardBody must be a valid JSON object");
  if (!call.find("dashboard", name) && call.all("dashboard").size() >= dashboards_max)
    return aws_error("LimitExceeded", "The embedded cloud keeps 500 dashboards.");
  const Value* before = call.find("dashboard", name);
  Value tags = before ? (*before)["_Tags"] : in["Tags"].is_list() ? in["Tags"] : Value::list();
  call.put("dashboard", name,
           Value::map({{"DashboardName", name},
                       {"DashboardBody", in["DashboardBody"]},
                       {"LastModified", call.now},
                       {"_Tags", std::move(tags)}}));
  return Value::map({{"DashboardValidationMessages", Value::list()}});
}

Result<Value> get_dashboard(Call& call, const Value& in) {
  const std::string& name = in["DashboardName"].as_string();
  const Value* found = call.find("dashboard", name);
  if (!found) return no_dashboard(name);
  return Value::map({{"DashboardArn", dashboard_arn(call, name)},
                     {"DashboardBody", (*found)["DashboardBody"]},
                     {"DashboardName", name}});
}

Result<Value> list_dashboards(Call& call, const Value& in) {
  std::string prefix = in["DashboardNamePrefix"].as_string(), from = prefix;
  if (in.has("NextToken")) {
    auto position = cloud::read_token(in["NextToken"].as_string());
    if (!position) return invalid_value("The value for parameter NextToken is invalid.");
    from = *position;
  }
  Value entries = Value::list(), out = Value::map({});
  const auto& all = call.all("dashboard");
  for (auto it = all.lower_bound(from); it != all.end() && it->first.starts_with(prefix); ++it) {
    if (entries.size() == dashboards_a_page) {
      out.set("NextToken", cloud::make_token(it->first));
      break;
    }
    const Value& d = it->second;
    entries.push_back(Value::map({{"DashboardName", d["DashboardName"]},
                                  {"DashboardArn", dashboard_arn(call, std::string(it->first))},
                                  {"LastModified", d["LastModified"]},
                                  {"Size", d["DashboardBody"].as_string().size()}}));
  }
  return out.set("DashboardEntries", std::move(entries));
}

Result<Value> delete_dashboards(Call& call, const Value& in) {
  for (const Value& name : in["DashboardNames"].items())
    if (!call.find("dashboard", name.as_string())) return no_dashboard(name.as_string());
  for (const Value& name : in["DashboardNames"].items()) call.remove("dashboard", name.as_string());
  return Value::map({});
}

}  // namespace mainstay::cloudwatch
