// Images: those that AWS publishes through SSM, made up as there. Any image id of the right form
// may be run and described, since templates name images of real accounts.
#include <algorithm>

#include "cloud/cloud.hh"
#include "services/ec2/handlers.hh"
#include "services/ec2/instance.hh"

namespace mainstay::ec2 {
namespace {

struct PublicImage {
  std::string_view parameter, name, architecture;
};

// "Calling AMI public parameters in Parameter Store" (Systems Manager user guide), and ECS's page
// on its optimized images.
constexpr PublicImage public_images[] = {
    {"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
     "al2023-ami-kernel-default-x86_64", "x86_64"},
    {"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
     "al2023-ami-kernel-default-arm64", "arm64"},
    {"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64",
     "al2023-ami-kernel-6.1-x86_64", "x86_64"},
    {"/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2", "amzn2-ami-hvm-x86_64-gp2",
     "x86_64"},
    {"/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-arm64-gp2", "amzn2-ami-hvm-arm64-gp2",
     "arm64"},
    {"/aws/service/ami-amazon-linux-latest/amzn2-ami-kernel-5.10-hvm-x86_64-gp2",
     "amzn2-ami-kernel-5.10-hvm-x86_64-gp2", "x86_64"},
    {"/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id",
     "amzn2-ami-ecs-hvm-x86_64-ebs", "x86_64"},
    {"/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
     "al2023-ami-ecs-hvm-x86_64", "x86_64"}};

constexpr std::string_view amazon = "137112412989";

Value image_of(const std::string& id, std::string_view name, std::string_view architecture) {
  return Value::map({{"ImageId", id},
                     {"Name", name},
                     {"ImageLocation", "amazon/" + std::string(name)},
                     {"Description", "made up by mainstay"},
                     {"Architecture", architecture},
                     {"ImageType", "machine"},
                     {"ImageOwnerAlias", "amazon"},
                     {"OwnerId", amazon},
                     {"Public", true},
                     {"State", "available"},
                     {"CreationDate", "2024-01-01T00:00:00.000Z"},
                     {"RootDeviceName", "/dev/xvda"},
                     {"RootDeviceType", "ebs"},
                     {"VirtualizationType", "hvm"},
                     {"Hypervisor", "xen"},
                     {"EnaSupport", true},
                     {"PlatformDetails", "Linux/UNIX"},
                     {"UsageOperation", "RunInstances"},
                     {"BlockDeviceMappings",
                      Value::list({Value::map({{"DeviceName", "/dev/xvda"},
                                               {"Ebs", Value::map({{"DeleteOnTermination", true},
                                                                   {"VolumeSize", 8},
                                                                   {"VolumeType", "gp2"},
                                                                   {"Encrypted", false}})}})})},
                     {"Tags", Value::list()}});
}

// The images of the table above, under the ids that SSM hands out here.
Result<List> published_images(Call& call) {
  Value names = Value::list();
  for (const PublicImage& image : public_images) names.push_back(image.parameter);
  TRY(Value answer,
      call.cloud.invoke(cloud::Caller::service_principal(call.account, "ec2.amazonaws.com"),
                        call.account, call.region, "ssm", "GetParameters",
                        Value::map({{"Names", std::move(names)}})));
  List out;
  for (const Value& parameter : answer["Parameters"].items())
    for (const PublicImage& image : public_images)
      if (parameter["Name"].as_string() == image.parameter)
        out.push_back(image_of(parameter["Value"].as_string(), image.name, image.architecture));
  return out;
}

bool is_owned(const Value& image, const Value& owners) {
  const List& all = owners.items();
  return all.empty() || std::any_of(all.begin(), all.end(), [&](const Value& owner) {
           return owner == image["OwnerId"] || owner == image["ImageOwnerAlias"];
         });
}

}  // namespace

Status check_image_id(const std::string& id) {
  constexpr size_t prefix = 4, short_id = prefix + 8, long_id = prefix + 17;
  bool is_one = id.starts_with("ami-") && (id.size() == short_id || id.size() == long_id) &&
                id.find_first_not_of("0123456789abcdef", prefix) == std::string::npos;
  if (!is_one)
    return aws_error("InvalidAMIID.Malformed",
                     "Invalid id: \"" + id + "\" (expecting \"ami-...\")");
  return {};
}

Result<Value> describe_images(Call& call, const Value& in) {
  TRY(List images, published_images(call));
  if (!in["ImageIds"].empty()) {
    List named;
    for (const Value& id : in["ImageIds"].items()) {
      CHECK_OK(check_image_id(id.as_string()));
      auto known = std::find_if(images.begin(), images.end(),
                                [&](const Value& image) { return image["ImageId"] == id; });
      named.push_back(known != images.end()
                          ? *known
                          : image_of(id.as_string(), "image-" + id.as_string(), "x86_64"));
    }
    images = std::move(named);
  }
  std::erase_if(images, [&](const Value& image) { return !is_owned(image, in["Owners"]); });
  std::sort(images.begin(), images.end(), [](const Value& a, const Value& b) {
    return a["ImageId"].as_string() < b["ImageId"].as_string();
  });
  return describe_list(in, std::move(images), image_kind());
}

}  // namespace mainstay::ec2
