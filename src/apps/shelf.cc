#include "apps/shelf.hh"

#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::apps {
namespace {

constexpr const char* root = "/mainstay/apps";
constexpr size_t text_max = 8192;  // of an advanced parameter ("Managing parameter tiers")
constexpr size_t standard_max = 4096;
constexpr size_t names_max = 10;  // of one DeleteParameters

std::string path_of(const std::string& app) {
  return std::string(root) + "/" + app;
}
std::string six_digits(int64_t number) {
  std::string out = std::to_string(number);
  return out.size() < 6 ? std::string(6 - out.size(), '0') + out : out;
}
std::string release_path(const App& app, int64_t number) {
  return path_of(app.name) + "/releases/" + six_digits(number);
}

}  // namespace

std::string Shelf::variable_parameter(const App& app, const std::string& name, int64_t number) {
  return path_of(app.name) + "/config/" + name + "/" + six_digits(number);
}

Status Shelf::put_parameter(const std::string& name, const std::string& text, const char* type,
                            bool over) {
  if (text.size() > text_max)
    return Error("AppTooLarge", name + " would be " + std::to_string(text.size()) +
                                    " bytes; Systems Manager keeps 8192");
  CHECK_OK(
      client_->call("ssm", "PutParameter",
                    Value::map({{"Name", name},
                                {"Value", text},
                                {"Type", type},
                                {"Overwrite", over},
                                {"Tier", text.size() > standard_max ? "Advanced" : "Standard"}})));
  return {};
}

Result<Value> Shelf::get_json(const std::string& name) {
  TRY(Value answer, client_->call("ssm", "GetParameter", Value::map({{"Name", name}})));
  return parse_json(answer["Parameter"]["Value"].as_string());
}

Result<List> Shelf::below(const std::string& path, bool recursive) {
  return client_->list("ssm", {"GetParametersByPath", "Parameters", "NextToken", "NextToken"},
                       Value::map({{"Path", path}, {"Recursive", recursive}}));
}

Result<std::vector<App>> Shelf::apps() {
  TRY(List found, below(root, false));
  std::vector<App> out;
  for (const Value& one : found) {
    TRY(Value document, parse_json(one["Value"].as_string()));
    TRY(App app, App::from_value(document));
    out.push_back(std::move(app));
  }
  return out;
}

Result<App> Shelf::app(const std::string& name) {
  CHECK_OK(check_app_name(name));
  auto found = get_json(path_of(name));
  if (!found.has_value() && found.error().code == "ParameterNotFound")
    return Error("AppMissing", "there is no application " + name)
        .with_hint("mainstay app create " + name);
  if (!found.has_value()) return found.error();
  return App::from_value(*found);
}

Status Shelf::add(const App& app) {
  Status put = put_parameter(path_of(app.name), to_json(app.to_value()), "String", false);
  if (!put.has_value() && put.error().code == "ParameterAlreadyExists")
    return Error("AppThere", "there is an application " + app.name + " already");
  return put;
}

Status Shelf::put(const App& app) {
  return put_parameter(path_of(app.name), to_json(app.to_value()), "String", true);
}

Status Shelf::remove(const App& app) {
  TRY(List found, below(path_of(app.name), true));
  List names;
  for (const Value& one : found) names.push_back(one["Name"]);
  names.emplace_back(path_of(app.name));
  for (size_t at = 0; at < names.size(); at += names_max) {
    List some(names.begin() + static_cast<ptrdiff_t>(at),
              names.begin() + static_cast<ptrdiff_t>(std::min(at + names_max, names.size())));
    CHECK_OK(
        client_->call("ssm", "DeleteParameters", Value::map({{"Names", Value(std::move(some))}})));
  }
  return {};
}

Result<Release> Shelf::release(const App& app, int64_t number) {
  auto found = get_json(release_path(app, number));
  if (!found.has_value() && found.error().code == "ParameterNotFound")
    return Error("ReleaseMissing", app.name + " has no release v" + std::to_string(number))
        .with_hint("mainstay app releases " + app.name);
  if (!found.has_value()) return found.error();
  return Release::from_value(*found);
}

Result<std::vector<Release>> Shelf::releases(const App& app) {
  TRY(List found, below(path_of(app.name) + "/releases", false));
  std::vector<Release> out;
  for (const Value& one : found) {
    TRY(Value document, parse_json(one["Value"].as_string()));
    TRY(Release release, Release::from_value(document));
    out.push_back(std::move(release));
  }
  std::sort(out.begin(), out.end(),
            [](const Release& a, const Release& b) { return a.number < b.number; });
  return out;
}

Status Shelf::add(const App& app, const Release& release) {
  Status put = put_parameter(release_path(app, release.number), to_json(release.to_value()),
                             "String", false);
  if (!put.has_value() && put.error().code == "ParameterAlreadyExists")
    return Error("AppBusy", "somebody else is releasing v" + std::to_string(release.number) +
                                " of " + app.name + " at this moment")
        .with_hint("run it again once that is done: mainstay app releases " + app.name);
  return put;
}

Status Shelf::put(const App& app, const Release& release) {
  return put_parameter(release_path(app, release.number), to_json(release.to_value()), "String",
                       true);
}

Result<int64_t> Shelf::add_variable(const App& app, const std::string& name,
                                    const std::string& value) {
  TRY(List found, below(path_of(app.name) + "/config/" + name, false));
  int64_t last = 0;
  for (const Value& one : found) {
    const std::string& path = one["Name"].as_string();
    last = std::max(last, parse_int(path.substr(path.rfind('/') + 1)).value_or(0));
  }
  CHECK_OK(put_parameter(variable_parameter(app, name, last + 1), value, "SecureString", false));
  return last + 1;
}

Result<std::string> Shelf::variable(const App& app, const std::string& name, int64_t number) {
  TRY(Value answer, client_->call("ssm", "GetParameter",
                                  Value::map({{"Name", variable_parameter(app, name, number)},
                                              {"WithDecryption", true}})));
  return answer["Parameter"]["Value"].as_string();
}

}  // namespace mainstay::apps
