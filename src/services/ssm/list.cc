#include <algorithm>
#include <functional>

#include "services/ssm/filter.hh"
#include "services/ssm/handlers.hh"

namespace mainstay::ssm {
namespace {

// A page of parameters that `keep` takes, from where the token says. Stops when the page is full,
// so that many pages cost one walk.
Result<cloud::Page> scan(Call& call, const Value& in, size_t count_default,
                         const std::function<bool(const Value&)>& keep) {
  std::string from;
  if (in.has("NextToken")) {
    auto position = cloud::read_token(in["NextToken"].as_string());
    if (!position) return aws_error("InvalidNextToken", "The specified token isn't valid.");
    from = *position;
  }
  size_t count = static_cast<size_t>(in["MaxResults"].as_int(static_cast<int64_t>(count_default)));
  cloud::Page page;
  const auto& all = call.all("parameter");
  for (auto it = all.lower_bound(from); it != all.end(); ++it) {
    if (!keep(it->second)) continue;
    if (page.items.size() == count) {
      page.next = cloud::make_token(it->first);
      break;
    }
    page.items.push_back(it->second);
  }
  return page;
}

Value answer(cloud::Page page) {
  Value out = Value::map({{"Parameters", Value(std::move(page.items))}});
  if (!page.next.empty()) out.set("NextToken", page.next);
  return out;
}

// The form of filter that came before ParameterFilters: names by their beginning.
Value from_old_filters(const Value& filters) {
  Value out = Value::list();
  for (const Value& f : filters.items()) {
    bool is_name = f["Key"].as_string() == "Name";
    out.push_back(Value::map({{"Key", f["Key"]},
                              {"Option", is_name ? "BeginsWith" : "Equals"},
                              {"Values", f["Values"]}}));
  }
  return out;
}

// With a filter by label, the version that has it.
std::string selector_of(const Value& filters) {
  for (const Value& f : filters.items())
    if (f["Key"].as_string() == "Label") return ":" + f["Values"].at(0).as_string();
  return "";
}

}  // namespace

Result<Value> get_parameters_by_path(Call& call, const Value& in) {
  const std::string& path = in["Path"].as_string();
  if (!path.starts_with("/"))
    return validation(
        "The parameter doesn't meet the parameter name requirements. The parameter name must begin "
        "with a forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" "
        "(case-insensitive). It must use only letters, numbers, or the following symbols: . "
        "(period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, "
        "if specified, must use the forward slash symbol \"/\". Valid example: "
        "/get/parameters2-/by1./path0_.");
  const Value& filters = in["ParameterFilters"];
  CHECK_OK(check_filters(filters, {"Type", "KeyId", "Label"}));
  bool recursive = in["Recursive"].as_bool();
  TRY(cloud::Page page, scan(call, in, 10, [&](const Value& parameter) {
        return is_below(parameter["Name"].as_string(), path, recursive) &&
               passes(call, parameter, filters);
      }));
  std::string selector = selector_of(filters);
  for (Value& item : page.items) {
    Reference reference{item["Name"].as_string(), selector};
    TRY(Value version, find_version(call, reference));
    TRY(item, answer_parameter(call, reference, version, in["WithDecryption"].as_bool()));
  }
  return answer(std::move(page));
}

Result<Value> describe_parameters(Call& call, const Value& in) {
  if (in.has("Filters") && in.has("ParameterFilters"))
    return validation("You can use either Filters or ParameterFilters in a single request.");
  Value filters = in.has("Filters") ? from_old_filters(in["Filters"]) : in["ParameterFilters"];
  CHECK_OK(check_filters(filters,
                         {"Path", "Name", "Type", "KeyId", "Tier", "DataType", "Label", "tag:"}));
  TRY(cloud::Page page,
      scan(call, in, 50, [&](const Value& parameter) { return passes(call, parameter, filters); }));
  return answer(std::move(page));
}

}  // namespace mainstay::ssm
