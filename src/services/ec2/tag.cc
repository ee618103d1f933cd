#include <algorithm>

#include "cloud/paging.hh"
#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

constexpr Kind tag_kind{"tag", "", "_position", "tag", "InvalidParameterValue", "Tags", ""};

Result<const Kind*> known_kind(Call& call, const std::string& id) {
  const Kind* kind = kind_of_id(id);
  if (!kind) return aws_error("InvalidID", "The ID '" + id + "' is not valid");
  CHECK_OK(get(call, *kind, id));
  return kind;
}

}  // namespace

// Interfaces call their tags TagSet.
const char* tags_member(const Kind& kind) {
  return &kind == &network_interface_kind() ? "TagSet" : "Tags";
}

Result<Value> create_tags(Call& call, const Value& in) {
  if (in["Tags"].empty()) return missing_parameter("Tag");
  CHECK_OK(check_tags(call, in["Tags"]));
  for (const Value& id : in["Resources"].items()) {
    TRY(const Kind* kind, known_kind(call, id.as_string()));
    Value document = *call.find(kind->table, id.as_string());
    Value tags = cloud::merge_tags(document[tags_member(*kind)], in["Tags"]);
    CHECK_OK(check_tag_count(tags));
    document.set(tags_member(*kind), std::move(tags));
    put(call, *kind, document);
  }
  return answer_true();
}

// A tag given with a value is removed only if it has that value; without tags, all are.
Result<Value> delete_tags(Call& call, const Value& in) {
  for (const Value& id : in["Resources"].items()) {
    TRY(const Kind* kind, known_kind(call, id.as_string()));
    Value document = *call.find(kind->table, id.as_string());
    List& tags = document.member(tags_member(*kind)).make_list();
    std::erase_if(tags, [&](const Value& tag) {
      const List& gone = in["Tags"].items();
      if (gone.empty()) return !tag["Key"].as_string().starts_with("aws:");
      return std::any_of(gone.begin(), gone.end(), [&](const Value& g) {
        return g["Key"] == tag["Key"] && (!g.has("Value") || g["Value"] == tag["Value"]);
      });
    });
    put(call, *kind, document);
  }
  return answer_true();
}

Result<Value> describe_tags(Call& call, const Value& in) {
  List out;
  for (const Kind* kind : all_kinds()) {
    for (const auto& [id, document] : call.all(kind->table)) {
      for (const Value& tag : document[tags_member(*kind)].items())
        out.push_back(Value::map({{"Key", tag["Key"]},
                                  {"Value", tag["Value"]},
                                  {"ResourceId", id},
                                  {"ResourceType", kind->table},
                                  {"_position", id + "/" + tag["Key"].as_string()}}));
    }
  }
  std::sort(out.begin(), out.end(), [](const Value& a, const Value& b) {
    return a["_position"].as_string() < b["_position"].as_string();
  });
  return describe_list(in, std::move(out), tag_kind);
}

}  // namespace mainstay::ec2
