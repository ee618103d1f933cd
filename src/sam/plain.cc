// Kinds that make one resource: tables and layers.
#include "sam/translation.hh"

namespace mainstay::sam {
namespace {

constexpr std::initializer_list<const char*> table_properties = {
    "PrimaryKey", "ProvisionedThroughput", "TableName",
    "Tags",       "SSESpecification",      "PointInTimeRecoverySpecification"};
constexpr std::initializer_list<const char*> layer_properties = {
    "LayerName",          "Description", "ContentUri",     "CompatibleArchitectures",
    "CompatibleRuntimes", "LicenseInfo", "RetentionPolicy"};

// PrimaryKeyObject, Type.
std::string attribute_type(const std::string& type) {
  return type == "String" ? "S" : type == "Number" ? "N" : type == "Binary" ? "B" : type;
}

}  // namespace

void make_simple_table(const Maker& m) {
  m.check_known({&table_properties});
  const Value& key = m["PrimaryKey"];
  if (!key.is_null() && (!key.has("Name") || !key.has("Type")))
    return m.fault("'PrimaryKey' is missing required Property 'Name' or 'Type'.");
  Value name = key.has("Name") ? key["Name"] : Value("id");
  Value type = key.is_null() ? Value("S") : Value(attribute_type(key["Type"].as_string()));
  Value p = m.copied({"ProvisionedThroughput", "TableName", "SSESpecification",
                      "PointInTimeRecoverySpecification"});
  p.set("AttributeDefinitions",
        Value::list({Value::map({{"AttributeName", name}, {"AttributeType", type}})}));
  p.set("KeySchema", Value::list({Value::map({{"AttributeName", name}, {"KeyType", "HASH"}})}));
  if (!m.has("ProvisionedThroughput")) p.set("BillingMode", "PAY_PER_REQUEST");
  if (m.has("Tags")) {
    Value tags = Value::list();
    for (const auto& [tag, value] : m["Tags"].members())
      tags.push_back(Value::map({{"Key", tag}, {"Value", value}}));
    p.set("Tags", std::move(tags));
  }
  m.put_main("AWS::DynamoDB::Table", std::move(p));
}

// A layer that changes is a new one beside the old: its id is made of what it is declared as.
void make_layer(const Maker& m) {
  m.check_known({&layer_properties});
  Value content = code_location(m["ContentUri"]);
  if (content.is_null())
    return m.fault(
        "'ContentUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId "
        "query parameter.");
  std::string policy = m.has("RetentionPolicy") ? m.all().known_text(m["RetentionPolicy"]) : "";
  if (policy != "" && policy != "Retain" && policy != "Delete")
    return m.fault("'RetentionPolicy' must be one of the following options: ['Retain', 'Delete'].");
  std::string id = m.id() + hash_of(Value::map({{m.id(), m.declared()}}));
  Value p = m.copied(
      {"LayerName", "Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo"});
  if (!m.has("LayerName")) p.set("LayerName", m.id());
  p.set("Content", std::move(content));
  m.put_main("AWS::Lambda::LayerVersion", std::move(p), id);
  m.made(id).set("DeletionPolicy", policy == "Delete" ? "Delete" : "Retain");
  m.all().renamed[m.id()] = id;
}

}  // namespace mainstay::sam
