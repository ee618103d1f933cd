#include "formation/secure_reference.hh"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/text.hh"
#include "base/value.hh"
#include "cfn/references.hh"
#include "formation/records.hh"

namespace mainstay::formation {
namespace {

// Paths end at the first list, as AWS tells them.
struct Place {
  std::string_view type, path;
};
constexpr Place places[] = {
    {"AWS::DirectoryService::MicrosoftAD", "Password"},
    {"AWS::DirectoryService::SimpleAD", "Password"},
    {"AWS::ElastiCache::ReplicationGroup", "AuthToken"},
    {"AWS::IAM::User", "LoginProfile/Password"},
    {"AWS::KinesisFirehose::DeliveryStream", "RedshiftDestinationConfiguration/Password"},
    {"AWS::OpsWorks::App", "AppSource/Password"},
    {"AWS::OpsWorks::Stack", "CustomCookbooksSource/Password"},
    {"AWS::OpsWorks::Stack", "RdsDbInstances"},
    {"AWS::RDS::DBCluster", "MasterUserPassword"},
    {"AWS::RDS::DBInstance", "MasterUserPassword"},
    {"AWS::Redshift::Cluster", "MasterUserPassword"}};

enum class Which { all, with_version };

bool has_version(std::string_view reference) {
  std::string_view version = reference.substr(reference.rfind(':') + 1);
  return !version.empty() &&
         std::all_of(version.begin(), version.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class Search {
 public:
  Search(std::string_view type, Which which) : type_(type), which_(which) {}

  // Functions are no part of the path, nor are their arguments' lists.
  void walk(const Value& v, const std::string& path, bool in_list) {
    if (v.is_string()) return look_at(v.as_string(), path);
    if (v.is_list())
      for (const Value& item : v.items()) walk(item, path, true);
    if (!v.is_map()) return;
    bool function = !cfn::function_name(v).empty();
    for (const auto& [name, item] : v.members()) {
      if (function && item.is_list())
        for (const Value& argument : item.items()) walk(argument, path, in_list);
      else if (function || in_list)
        walk(item, path, in_list);
      else
        walk(item, path.empty() ? name : path + "/" + name, false);
    }
  }

  const std::vector<std::string>& found() const { return found_; }

 private:
  void look_at(const std::string& text, const std::string& path) {
    constexpr std::string_view mark = "{{resolve:ssm-secure:";
    bool allowed = std::any_of(std::begin(places), std::end(places), [&](const Place& place) {
      return place.type == type_ && place.path == path;
    });
    if (allowed) return;
    for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
      size_t end = text.find("}}", at);
      if (end == std::string::npos) return;
      if (which_ == Which::all ||
          has_version(std::string_view(text).substr(at + mark.size(), end - at - mark.size())))
        found_.push_back(std::string(type_) + "/Properties/" + path);
    }
  }

  std::string_view type_;
  Which which_;
  std::vector<std::string> found_;
};

Status refuse_all(const std::vector<std::string>& found) {
  if (found.empty()) return {};
  return validation_error("SSM Secure reference is not supported in: [" + join(found, ",") + "]");
}

}  // namespace

Status check_secure_references(const std::string& type, const Value& properties) {
  Search search(type, Which::all);
  search.walk(properties, "", false);
  return refuse_all(search.found());
}

Status check_secure_references(const Prepared& prepared) {
  std::vector<std::string> found;
  for (const std::string& id : prepared.dependencies.order) {
    const cfn::Resource& declared = *prepared.tmpl.find_resource(id);
    Search search(declared.type, Which::with_version);
    search.walk(declared.properties, "", false);
    found.insert(found.end(), search.found().begin(), search.found().end());
  }
  return refuse_all(found);
}

}  // namespace mainstay::formation
