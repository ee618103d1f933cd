// The parameters that AWS publishes, of which templates ask for images. Values are made up, and the
// same for the same name and region every time.
#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "services/ssm/handlers.hh"

namespace mainstay::ssm {
namespace {

// Publishers whose parameters are images ("Calling AMI public parameters", user guide).
constexpr std::string_view image_prefixes[] = {
    "/aws/service/ami-",          "/aws/service/ecs/",           "/aws/service/eks/",
    "/aws/service/canonical/",    "/aws/service/debian/",        "/aws/service/suse/",
    "/aws/service/freebsd/",      "/aws/service/marketplace/",   "/aws/service/bottlerocket/",
    "/aws/service/deeplearning/", "/aws/service/storagegateway/"};

std::string image_id(const Call& call, const std::string& name) {
  return "ami-0" + hex_encode(sha256(call.region + name)).substr(0, 16);
}

// What is documented for ECS's and EKS's "recommended": itself a JSON document, parts by name.
std::string value_of(const Call& call, const std::string& name) {
  size_t slash = name.rfind('/');
  std::string last = name.substr(slash + 1), parent = name.substr(0, slash);
  if (last == "image_id") return image_id(call, parent);
  if (last == "image_name") return "mainstay-made-up-image";
  if (last != "recommended") return image_id(call, name);
  return to_json(Value::map({{"schema_version", 1},
                             {"image_name", "mainstay-made-up-image"},
                             {"image_id", image_id(call, name)},
                             {"os", "Linux"}}));
}

}  // namespace

Value public_parameter(const Call& call, const std::string& name) {
  bool known = false;
  for (std::string_view prefix : image_prefixes)
    known = known || (name.starts_with(prefix) && name.size() > prefix.size());
  if (!known) return Value();
  std::string value = value_of(call, name);
  return Value::map({{"Name", name},
                     {"Type", "String"},
                     {"Value", value},
                     {"Version", 1},
                     {"LastModifiedDate", call.now},
                     {"ARN", "arn:aws:ssm:" + call.region + "::parameter" + name},
                     {"DataType", value.starts_with("ami-") ? "aws:ec2:image" : "text"}});
}

}  // namespace mainstay::ssm
