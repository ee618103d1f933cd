// RunInstances.
#include <algorithm>

#include "base/text.hh"
#include "cloud/cloud.hh"
#include "services/ec2/handlers.hh"
#include "services/ec2/instance.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

constexpr int64_t instances_max = 1000;
constexpr int64_t root_gib = 8;
constexpr std::string_view root_device = "/dev/xvda";

// The tags that are asked for a type; other types of the same request are not a mistake here.
Result<Value> launch_tags(const Call& call, const Value& in, std::string_view type) {
  constexpr std::string_view types[] = {"instance", "volume", "network-interface",
                                        "spot-instances-request", "elastic-gpu"};
  Value own = Value::map({{"TagSpecifications", Value::list()}});
  for (const Value& specification : in["TagSpecifications"].items()) {
    const std::string& named = specification["ResourceType"].as_string();
    if (std::find(std::begin(types), std::end(types), named) == std::end(types))
      return aws_error("InvalidParameterValue",
                       "'" + named + "' is not a valid taggable resource type for this operation.");
    if (named == type) own.member("TagSpecifications").push_back(specification);
  }
  return requested_tags(call, own, type);
}

Status refuse_unknown_launch(const Value& in) {
  for (const char* member : {"LaunchTemplate", "InstanceMarketOptions", "SecondaryInterfaces"})
    if (in.has(member))
      return aws_error("NotImplemented",
                       "mainstay's embedded cloud does not implement " + std::string(member) +
                           " of RunInstances",
                       501);
  return {};
}

Status check_counts(const Value& in) {
  int64_t least = in["MinCount"].as_int(), most = in["MaxCount"].as_int();
  if (least < 1) return invalid_parameter(std::to_string(least), "minCount");
  if (most < least)
    return invalid_parameter(std::to_string(most), "maxCount",
                             "It must not be less than the minimum count.");
  if (most > instances_max)
    return aws_error("InstanceLimitExceeded",
                     "You have requested more instances (" + std::to_string(most) +
                         ") than your current instance limit of " + std::to_string(instances_max) +
                         " allows for the specified instance type.");
  return {};
}

Result<Value> vpc_to_launch_in(Call& call) {
  for (const auto& [id, vpc] : call.all("vpc"))
    if (vpc["IsDefault"].as_bool()) return vpc;
  return aws_error("VPCIdNotSpecified",
                   "No default VPC for this user. GroupName is only supported for EC2-Classic and "
                   "default VPC.");
}

// Group ids out of ids and of names in the subnet's VPC.
Result<Value> launch_groups(Call& call, const Value& in, const Value& subnet) {
  Value out = Value(List(in["SecurityGroupIds"].items()));
  for (const Value& name : in["SecurityGroups"].items()) {
    std::string found;
    for (std::string& id : call.find_by("security-group", "GroupName", name.as_string()))
      if ((*call.find("security-group", id))["VpcId"] == subnet["VpcId"]) found = std::move(id);
    if (found.empty())
      return aws_error("InvalidGroup.NotFound", "The security group '" + name.as_string() +
                                                    "' does not exist in default VPC '" +
                                                    subnet["VpcId"].as_string() + "'");
    out.push_back(found);
  }
  return out;
}

// As the instance shows it. IAM is asked as EC2 itself; what the caller may pass was decided
// before.
Result<Value> launch_profile(Call& call, const Value& in) {
  const Value& wanted = in["IamInstanceProfile"];
  if (wanted.is_null()) return Value();
  bool by_arn = wanted.has("Arn");
  const std::string& text = wanted[by_arn ? "Arn" : "Name"].as_string();
  std::string name = text.substr(by_arn ? text.rfind('/') + 1 : 0);
  auto found = call.cloud.invoke(
      cloud::Caller::service_principal(call.account, "ec2.amazonaws.com"), call.account,
      call.region, "iam", "GetInstanceProfile", Value::map({{"InstanceProfileName", name}}));
  const Value profile = found.has_value() ? (*found)["InstanceProfile"] : Value();
  if (profile.is_null() || (by_arn && profile["Arn"].as_string() != text))
    return invalid_parameter(
        text, by_arn ? "iamInstanceProfile.arn" : "iamInstanceProfile.name",
        by_arn ? "Invalid IAM Instance Profile ARN" : "Invalid IAM Instance Profile name");
  return Value::map({{"Arn", profile["Arn"]}, {"Id", profile["InstanceProfileId"]}});
}

// One request's parts that all its instances share.
struct Launch {
  Value in, subnet, groups, profile, interfaces;
  Value instance_tags, volume_tags, interface_tags, reservation;
};

Status read_interfaces(Call& call, Launch& launch) {
  const Value& in = launch.in;
  if (in.has("SubnetId"))
    return aws_error("InvalidParameterCombination",
                     "Network interfaces and an instance-level subnet ID may not be specified on "
                     "the same request");
  if (in.has("SecurityGroupIds") || in.has("SecurityGroups"))
    return aws_error("InvalidParameterCombination",
                     "Network interfaces and an instance-level security groups may not be "
                     "specified on the same request");
  launch.interfaces = in["NetworkInterfaces"];
  List& all = launch.interfaces.make_list();
  std::sort(all.begin(), all.end(), [](const Value& a, const Value& b) {
    return a["DeviceIndex"].as_int() < b["DeviceIndex"].as_int();
  });
  const Value& first = all[0];
  if (first.has("NetworkInterfaceId")) {
    if (in["MaxCount"].as_int() > 1)
      return aws_error("InvalidParameterCombination",
                       "A network interface may not specify a network interface ID when launching "
                       "more than one instance");
    TRY(Value interface,
        get(call, network_interface_kind(), first["NetworkInterfaceId"].as_string()));
    TRY(launch.subnet, get(call, subnet_kind(), interface["SubnetId"].as_string()));
    return {};
  }
  if (first.has("SubnetId")) {
    TRY(launch.subnet, get(call, subnet_kind(), first["SubnetId"].as_string()));
    return {};
  }
  TRY(launch.subnet, default_subnet(call, in));
  return {};
}

Result<Launch> read_launch(Call& call, const Value& in) {
  CHECK_OK(refuse_unknown_launch(in));
  CHECK_OK(check_counts(in));
  if (!in.has("ImageId")) return missing_parameter("ImageId");
  CHECK_OK(check_image_id(in["ImageId"].as_string()));
  if (in.has("KeyName") && call.find_by("key-pair", "KeyName", in["KeyName"].as_string()).empty())
    return aws_error("InvalidKeyPair.NotFound",
                     "The key pair '" + in["KeyName"].as_string() + "' does not exist");
  Launch out;
  out.in = in;
  TRY(out.instance_tags, launch_tags(call, in, "instance"));
  TRY(out.volume_tags, launch_tags(call, in, "volume"));
  TRY(out.interface_tags, launch_tags(call, in, "network-interface"));
  if (!in["NetworkInterfaces"].empty()) {
    CHECK_OK(read_interfaces(call, out));
  } else if (in.has("SubnetId")) {
    TRY(out.subnet, get(call, subnet_kind(), in["SubnetId"].as_string()));
  } else {
    TRY(out.subnet, default_subnet(call, in));
  }
  TRY(out.groups, launch_groups(call, in, out.subnet));
  TRY(out.profile, launch_profile(call, in));
  out.reservation = Value::map({{"ReservationId", call.new_id("r")}, {"OwnerId", call.account}});
  return out;
}

Value make_root_volume(Call& call, const Launch& launch, const std::string& instance) {
  Value wanted;
  for (const Value& mapping : launch.in["BlockDeviceMappings"].items())
    if (mapping["DeviceName"].as_string() == root_device) wanted = mapping["Ebs"];
  std::string id = call.new_id("vol");
  bool ends_with_it = wanted["DeleteOnTermination"].as_bool(true);
  std::string type = wanted.has("VolumeType") ? wanted["VolumeType"].as_string() : "gp2";
  Value volume = Value::map(
      {{"VolumeId", id},
       {"OwnerId", call.account},
       {"Size", wanted["VolumeSize"].as_int(root_gib)},
       {"VolumeType", type},
       {"Encrypted", wanted["Encrypted"].as_bool()},
       {"AvailabilityZone", launch.subnet["AvailabilityZone"]},
       {"State", "in-use"},
       {"CreateTime", call.now},
       {"MultiAttachEnabled", false},
       {"Attachments", Value::list({Value::map({{"VolumeId", id},
                                                {"InstanceId", instance},
                                                {"Device", root_device},
                                                {"State", "attached"},
                                                {"AttachTime", call.now},
                                                {"DeleteOnTermination", ends_with_it}})})},
       {"Tags", launch.volume_tags}});
  put(call, volume_kind(), volume);
  return Value::map({{"DeviceName", root_device},
                     {"Ebs", Value::map({{"VolumeId", id},
                                         {"Status", "attached"},
                                         {"AttachTime", call.now},
                                         {"DeleteOnTermination", ends_with_it}})}});
}

// The interface that one specification asks for: an existing one, or a new one.
Result<Value> launch_interface(Call& call, const Launch& launch, const Value& wanted) {
  if (wanted.has("NetworkInterfaceId")) {
    const std::string& id = wanted["NetworkInterfaceId"].as_string();
    TRY(Value interface, get(call, network_interface_kind(), id));
    if (interface["Status"].as_string() == "in-use")
      return aws_error("InvalidNetworkInterface.InUse", "Interface: [" + id + "] in use.");
    return interface;
  }
  Value subnet = launch.subnet;
  if (wanted.has("SubnetId")) {
    TRY(subnet, get(call, subnet_kind(), wanted["SubnetId"].as_string()));
  }
  // Made anew, because the count of its free addresses changes with each interface.
  TRY(subnet, get(call, subnet_kind(), subnet["SubnetId"].as_string()));
  TRY(Value interface, make_interface(call, subnet, "interface", wanted["Description"].as_string(),
                                      wanted["Groups"], wanted["PrivateIpAddress"].as_string()));
  return interface.set("TagSet", launch.interface_tags);
}

Status add_interfaces(Call& call, const Launch& launch, Value& instance) {
  Value wanted = launch.interfaces;
  if (wanted.empty())
    wanted = Value::list({Value::map(
        {{"Groups", launch.groups}, {"PrivateIpAddress", launch.in["PrivateIpAddress"]}})});
  const std::string id = instance["InstanceId"].as_string();
  for (const Value& one : wanted.items()) {
    TRY(Value interface, launch_interface(call, launch, one));
    bool is_new = !one.has("NetworkInterfaceId");
    Value attached = attach_to_instance(call, interface, id, one["DeviceIndex"].as_int(),
                                        one["DeleteOnTermination"].as_bool(is_new));
    if (instance["NetworkInterfaces"].empty()) show_primary(instance, attached);
    instance.member("NetworkInterfaces").push_back(std::move(attached));
  }
  const Value& by_launch = wanted.at(0)["AssociatePublicIpAddress"];
  bool is_public = by_launch.as_bool(launch.subnet["MapPublicIpOnLaunch"].as_bool());
  if (is_public) set_public_address(call, instance, fresh_public_address(call));
  show_public_addresses(call, instance);
  return {};
}

Value metadata_options(const Value& in) {
  const Value& wanted = in["MetadataOptions"];
  auto or_else = [&](const char* member, Value otherwise) {
    return wanted.has(member) ? wanted[member] : std::move(otherwise);
  };
  return Value::map({{"State", "applied"},
                     {"HttpTokens", or_else("HttpTokens", "optional")},
                     {"HttpPutResponseHopLimit", or_else("HttpPutResponseHopLimit", 1)},
                     {"HttpEndpoint", or_else("HttpEndpoint", "enabled")},
                     {"HttpProtocolIpv6", or_else("HttpProtocolIpv6", "disabled")},
                     {"InstanceMetadataTags", or_else("InstanceMetadataTags", "disabled")}});
}

Value new_instance(Call& call, const Launch& launch, int64_t index) {
  const Value& in = launch.in;
  std::string type = in.has("InstanceType") ? in["InstanceType"].as_string() : "m1.small";
  bool watched = in["Monitoring"]["Enabled"].as_bool();
  Value out =
      Value::map({{"InstanceId", call.new_id("i")},
                  {"ImageId", in["ImageId"]},
                  {"InstanceType", type},
                  {"State", state_value(running)},
                  {"StateTransitionReason", ""},
                  {"LaunchTime", call.now},
                  {"AmiLaunchIndex", index},
                  {"ProductCodes", Value::list()},
                  {"Placement", Value::map({{"AvailabilityZone", launch.subnet["AvailabilityZone"]},
                                            {"GroupName", ""},
                                            {"Tenancy", "default"}})},
                  {"Monitoring", Value::map({{"State", watched ? "enabled" : "disabled"}})},
                  {"SubnetId", launch.subnet["SubnetId"]},
                  {"VpcId", launch.subnet["VpcId"]},
                  {"Architecture", "x86_64"},
                  {"RootDeviceName", root_device},
                  {"RootDeviceType", "ebs"},
                  {"VirtualizationType", "hvm"},
                  {"Hypervisor", "xen"},
                  {"EbsOptimized", in["EbsOptimized"].as_bool()},
                  {"EnaSupport", true},
                  {"SourceDestCheck", true},
                  {"PlatformDetails", "Linux/UNIX"},
                  {"UsageOperation", "RunInstances"},
                  {"UsageOperationUpdateTime", call.now},
                  {"MetadataOptions", metadata_options(in)},
                  {"ClientToken", in["ClientToken"].as_string()},
                  {"PublicDnsName", ""},
                  {"NetworkInterfaces", Value::list()},
                  {"Tags", launch.instance_tags},
                  {"_Reservation", launch.reservation},
                  {"_Protected", in["DisableApiTermination"].as_bool()}});
  if (in.has("KeyName")) out.set("KeyName", in["KeyName"]);
  if (!launch.profile.is_null()) out.set("IamInstanceProfile", launch.profile);
  return out;
}

Value answer_reservation(const Value& reservation, List instances) {
  Value out = reservation;
  for (Value& instance : instances) instance.set("State", state_value(pending));
  return out.set("Groups", Value::list()).set("Instances", Value(std::move(instances)));
}

}  // namespace

Result<Value> default_subnet(Call& call, const Value& in) {
  TRY(Value vpc, vpc_to_launch_in(call));
  const std::string& vpc_id = vpc["VpcId"].as_string();
  const Value& zone = in["Placement"]["AvailabilityZone"];
  for (const std::string& id : call.find_by("subnet", "VpcId", vpc_id)) {
    const Value& subnet = *call.find("subnet", id);
    if (subnet["DefaultForAz"].as_bool() && (zone.is_null() || subnet["AvailabilityZone"] == zone))
      return subnet;
  }
  return aws_error("MissingInput", "No subnets found for the default VPC '" + vpc_id +
                                       "'. Please specify a subnet.");
}

Result<Value> run_instances(Call& call, const Value& in) {
  // The same token asks for the same instances again.
  List made;
  if (const std::string& token = in["ClientToken"].as_string(); !token.empty())
    for (const std::string& id : call.find_by("instance", "ClientToken", token))
      made.push_back(*call.find("instance", id));
  if (!made.empty()) {
    Value reservation = made.front()["_Reservation"];
    return answer_reservation(reservation, std::move(made));
  }
  TRY(Launch launch, read_launch(call, in));
  for (int64_t index = 0; index < in["MaxCount"].as_int(); ++index) {
    Value instance = new_instance(call, launch, index);
    CHECK_OK(add_interfaces(call, launch, instance));
    instance.set("BlockDeviceMappings",
                 Value::list({make_root_volume(call, launch, instance["InstanceId"].as_string())}));
    put(call, instance_kind(), instance);
    for (const InstanceState& state : {pending, running})
      announce_state(call, instance, state.name);
    made.push_back(std::move(instance));
  }
  return answer_reservation(launch.reservation, std::move(made));
}

}  // namespace mainstay::ec2
