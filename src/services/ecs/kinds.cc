#include "services/ecs/kinds.hh"

#include <array>

#include "base/text.hh"
#include "wire/arn.hh"

namespace mainstay::ecs {
namespace {

constexpr cloud::PageWords pages{.token_in = "nextToken",
                                 .token_out = "nextToken",
                                 .limit = "maxResults",
                                 .size_default = 100,
                                 .size_max = 100,
                                 .bad_token_code = "InvalidParameterException",
                                 .bad_token = "Invalid token."};

const cloud::TagRules tag_rules{.too_many_code = "InvalidParameterException",
                                .too_many = "Too many tags: at most 50.",
                                .reserved_code = "InvalidParameterException",
                                .reserved = "Tag keys that begin with aws: are reserved."};

constexpr size_t revision_digits = 9;  // so that revisions stand in their order

constexpr std::array all_kinds{&cluster_kind, &definition_kind, &instance_kind, &task_kind,
                               &service_kind};

Value tags_in(const Value& given) {
  Value out = Value::list();
  for (const Value& tag : given.items())
    out.push_back(Value::map({{"Key", tag["key"]}, {"Value", tag["value"].as_string()}}));
  return out;
}
Value tags_out(const Value& kept) {
  Value out = Value::list();
  for (const Value& tag : kept.items())
    out.push_back(Value::map({{"key", tag["Key"]}, {"value", tag["Value"]}}));
  return out;
}

std::string revision_key(const std::string& family, int64_t revision) {
  std::string digits = std::to_string(revision);
  if (digits.size() < revision_digits) digits.insert(0, revision_digits - digits.size(), '0');
  return family + ":" + digits;
}

struct Tagged {
  const Kind* kind;
  Value document;
};
Result<Tagged> find_tagged(const Call& call, const Value& in) {
  const std::string& arn = in["resourceArn"].as_string();
  auto parsed = wire::parse_arn(arn);
  if (!parsed.has_value() || parsed->service != "ecs")
    return invalid("Invalid identifier: Identifier is for " + arn + ". Your accountId is " +
                   call.account);
  for (const Kind* kind : all_kinds) {
    const std::string type = std::string(kind->arn_type) + "/";
    if (!parsed->resource.starts_with(type)) continue;
    if (kind == &definition_kind) {
      Value found = find_definition(call, arn);
      if (!found.is_null()) return Tagged{kind, found};
    } else if (const Value* found =
                   call.find(kind->resource.table, parsed->resource.substr(type.size()))) {
      return Tagged{kind, *found};
    }
    return invalid("The specified " + std::string(kind->arn_type) +
                   " is inactive or was not found. Specify a valid resource and try again.");
  }
  return invalid("Invalid identifier: Unexpected resource type in ARN.");
}

}  // namespace

const Kind cluster_kind{
    {"cluster", "clusterArns", "ClusterNotFoundException", "Cluster not found.", 400, pages},
    "clusterArn",
    "cluster"};
const Kind definition_kind{{"definition", "taskDefinitionArns", "ClientException",
                            "Unable to describe task definition.", 400, pages},
                           "taskDefinitionArn",
                           "task-definition"};
const Kind instance_kind{{"instance", "containerInstanceArns", "InvalidParameterException",
                          "The referenced container instance was not found.", 400, pages},
                         "containerInstanceArn",
                         "container-instance"};
const Kind task_kind{{"task", "taskArns", "InvalidParameterException",
                      "The referenced task was not found.", 400, pages},
                     "taskArn",
                     "task"};
const Kind service_kind{
    {"service", "serviceArns", "ServiceNotFoundException", "Service not found.", 400, pages},
    "serviceArn",
    "service"};

Error invalid(std::string message) {
  return aws_error("InvalidParameterException", std::move(message));
}
Error client_error(std::string message) {
  return aws_error("ClientException", std::move(message));
}

std::string short_name(std::string_view text) {
  return std::string(text.substr(text.rfind('/') + 1));
}

Result<Value> find_cluster(const Call& call, const Value& in) {
  const std::string& given = in["cluster"].as_string();
  return cloud::find_resource(call, cluster_kind.resource,
                              given.empty() ? "default" : short_name(given));
}

std::string key_of(const Value& cluster, std::string_view name_or_arn) {
  return cluster["clusterName"].as_string() + "/" + short_name(name_or_arn);
}
std::string key_of_arn(std::string_view arn) {
  size_t id = arn.rfind('/');
  if (id == std::string_view::npos || id == 0) return "";
  size_t cluster = arn.rfind('/', id - 1);
  return std::string(arn.substr(cluster + 1));
}

void put(Call& call, const Kind& kind, const Value& document) {
  if (&kind == &cluster_kind)
    return call.put("cluster", document["clusterName"].as_string(), document);
  if (&kind == &definition_kind)
    return call.put("definition",
                    revision_key(document["family"].as_string(), document["revision"].as_int()),
                    document);
  call.put(kind.resource.table, key_of_arn(document[kind.arn].as_string()), document);
}

void change_each(Value& document, const char* member, const std::function<void(Value&)>& change) {
  List items = document[member].items();
  for (Value& one : items) change(one);
  document.set(member, Value(std::move(items)));
}

Value find_definition(const Call& call, std::string_view name) {
  std::string text = short_name(name);
  size_t colon = text.rfind(':');
  std::string family = text.substr(0, colon);
  if (colon != std::string::npos) {
    auto revision = parse_int(text.substr(colon + 1));
    const Value* found =
        revision ? call.find("definition", revision_key(family, *revision)) : nullptr;
    return found ? *found : Value();
  }
  const Value* counted = call.find("family", family);
  for (int64_t revision = counted ? (*counted)["Last"].as_int() : 0; revision > 0; --revision) {
    const Value* found = call.find("definition", revision_key(family, revision));
    if (found && (*found)["status"].as_string() == "ACTIVE") return *found;
  }
  return Value();
}

bool includes_tags(const Value& in) {
  for (const Value& one : in["include"].items())
    if (one.as_string() == "TAGS") return true;
  return false;
}

Value shown(const Value& document, bool with_tags) {
  Value out = Value::map({});
  for (const auto& [name, value] : document.members())
    if (!name.starts_with('_')) out.set(name, value);
  if (with_tags && document.has("_Tags")) out.set("tags", tags_out(document["_Tags"]));
  return out;
}

Value failure(const Call& call, const Kind& kind, std::string_view name, std::string_view reason) {
  std::string arn(name);
  if (!arn.starts_with("arn:")) arn = call.arn(std::string(kind.arn_type) + "/" + arn);
  return Value::map({{"arn", arn}, {"reason", std::string(reason)}});
}

Value describe(Call& call, const Kind& kind, const Value& cluster, const Value& names,
               const Value& in) {
  Value found = Value::list(), failures = Value::list();
  for (const Value& name : names.items()) {
    const Value* document = call.find(kind.resource.table, key_of(cluster, name.as_string()));
    if (document)
      found.push_back(shown(*document, includes_tags(in)));
    else
      failures.push_back(failure(call, kind,
                                 name.as_string().starts_with("arn:")
                                     ? name.as_string()
                                     : key_of(cluster, name.as_string()),
                                 "MISSING"));
  }
  const char* member = &kind == &task_kind      ? "tasks"
                       : &kind == &service_kind ? "services"
                                                : "containerInstances";
  return Value::map({{member, found}, {"failures", failures}});
}

Result<Value> list(Call& call, const Kind& kind, const Value& in, const cloud::Listing& given) {
  cloud::Listing listing = given;
  listing.show = [&kind](const Value& document) { return document[kind.arn]; };
  return cloud::list_resources(call, kind.resource, in, listing);
}

Status tag_new(const Call& call, Value& document, const Value& in) {
  document.set("_Tags", Value::list());
  return cloud::add_tags(call, document, tags_in(in["tags"]), tag_rules);
}

Result<Value> tag_resource(Call& call, const Value& in) {
  TRY(Tagged found, find_tagged(call, in));
  CHECK_OK(cloud::add_tags(call, found.document, tags_in(in["tags"]), tag_rules));
  put(call, *found.kind, found.document);
  return Value::map({});
}

Result<Value> untag_resource(Call& call, const Value& in) {
  TRY(Tagged found, find_tagged(call, in));
  cloud::remove_tags(found.document, in["tagKeys"]);
  put(call, *found.kind, found.document);
  return Value::map({});
}

Result<Value> list_tags_for_resource(Call& call, const Value& in) {
  TRY(Tagged found, find_tagged(call, in));
  return Value::map({{"tags", tags_out(found.document["_Tags"])}});
}

}  // namespace mainstay::ecs
