#include "services/organizations/handlers.hh"
#include "services/organizations/policy.hh"

namespace mainstay::organizations {
namespace {

// A root, unit, account or policy of the caller's organization.
Result<Value> find_tagged(Call& call, const Value& in) {
  TRY(Value organization, managed_organization(call));
  const std::string& id = in["ResourceId"].as_string();
  Error missing =
      aws_error("TargetNotFoundException", "You specified a target that doesn't exist.");
  if (!id.starts_with("p-")) return find_target(call, organization, id, missing);
  const Value* policy = call.find("policy", id);
  if (!policy || (*policy)["_Organization"] != organization["Id"]) return missing;
  return *policy;
}

void put_tagged(Call& call, const Value& document) {
  const std::string& id = document["Id"].as_string();
  if (id.starts_with("p-"))
    call.put("policy", id, document);
  else
    put_target(call, document);
}

}  // namespace

Result<Value> tag_resource(Call& call, const Value& in) {
  TRY(Value document, find_tagged(call, in));
  CHECK_OK(check_tags(in["Tags"]));
  Value tags = cloud::merge_tags(document["_Tags"], in["Tags"]);
  CHECK_OK(check_tags(tags));
  put_tagged(call, document.set("_Tags", std::move(tags)));
  return Value::map({});
}

Result<Value> untag_resource(Call& call, const Value& in) {
  TRY(Value document, find_tagged(call, in));
  document.set("_Tags", cloud::without_tags(document["_Tags"], in["TagKeys"]));
  put_tagged(call, document);
  return Value::map({});
}

Result<Value> list_tags_for_resource(Call& call, const Value& in) {
  TRY(Value document, find_tagged(call, in));
  return Value::map({{"Tags", document["_Tags"]}});
}

}  // namespace mainstay::organizations
