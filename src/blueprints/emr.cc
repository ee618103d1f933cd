// The default EMR roles may do too much: AmazonElasticMapReduceRole passes every role and ends
// every instance, AmazonElasticMapReduceforEC2Role reads every bucket. Here the service role uses
// and changes only what carries EMR's tag, creates only what is given it, and passes one role; the
// instances reach the buckets that are named. Source for what EMR needs and for the tag: EMR
// management guide, "Service role for Amazon EMR (EMR role)" and "Tagging resources to use managed
// policies".
#include "blueprints/emr.hh"

#include "base/text.hh"
#include "blueprints/builder.hh"
#include "blueprints/least_privilege.hh"

namespace mainstay::blueprints {
namespace {

constexpr std::string_view emr_tag = "for-use-with-amazon-emr-managed-policies";

const Variable emr_variables[] = {
    {"Name", VariableType::text, true, {}, "the cluster's name: a-z, 0-9 and hyphens", {}},
    {"SubnetId", VariableType::text, true, {}, "the subnet; it must carry EMR's tag", {}},
    {"DataBuckets",
     VariableType::list,
     false,
     Value::list(),
     "buckets whose objects the cluster reads and writes",
     {}},
    {"ReadBuckets",
     VariableType::list,
     false,
     Value::list(),
     "buckets whose objects the cluster only reads",
     {}},
    {"LogBucket", VariableType::text, true, {}, "the bucket for its logs, under <name>/", {}},
    {"ReleaseLabel", VariableType::text, false, "emr-7.5.0", "the EMR release", {}},
    {"Applications", VariableType::list, false, Value::list({"Spark"}), "Spark, Hive, ...", {}},
    {"InstanceType", VariableType::text, false, "m5.xlarge", "of all instances", {}},
    {"CoreInstances", VariableType::integer, false, 2, "how many core instances", {}},
};

Value tag_is_set(std::string_view where) {
  return Value::map(
      {{"StringEquals",
        Value::map({{"aws:" + std::string(where) + "/" + std::string(emr_tag), "true"}})}});
}

std::vector<std::string> ec2_arns(std::initializer_list<std::string_view> types) {
  std::vector<std::string> out;
  for (std::string_view type : types) out.push_back(arn_here("ec2", std::string(type) + "/*"));
  return out;
}

std::string instance_role_arn(const std::string& name) {
  return "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/" + name + "-emr-instance";
}

// What changes or ends something that is there: only on what carries the tag.
const std::vector<std::string_view> tagged_only{"ec2:TerminateInstances",
                                                "ec2:ModifyInstanceAttribute",
                                                "ec2:DeleteNetworkInterface",
                                                "ec2:ModifyNetworkInterfaceAttribute",
                                                "ec2:AttachNetworkInterface",
                                                "ec2:DetachNetworkInterface",
                                                "ec2:AttachVolume",
                                                "ec2:DetachVolume",
                                                "ec2:DeleteVolume",
                                                "ec2:CreateLaunchTemplateVersion",
                                                "ec2:DeleteLaunchTemplate",
                                                "ec2:AuthorizeSecurityGroupEgress",
                                                "ec2:AuthorizeSecurityGroupIngress",
                                                "ec2:RevokeSecurityGroupEgress",
                                                "ec2:RevokeSecurityGroupIngress",
                                                "ec2:DeleteSecurityGroup"};

Value service_policy(const std::string& name) {
  Value s = Value::list();
  s.push_back(allow("IntoTaggedNetwork",
                    {"ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateNetworkInterface",
                     "ec2:CreateLaunchTemplate"},
                    ec2_arns({"subnet", "security-group"}), tag_is_set("ResourceTag")));
  s.push_back(allow("FromTaggedTemplates", {"ec2:RunInstances", "ec2:CreateFleet"},
                    ec2_arns({"launch-template"}), tag_is_set("ResourceTag")));
  s.push_back(
      allow("CreateTagged",
            {"ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateNetworkInterface",
             "ec2:CreateLaunchTemplate", "ec2:CreateVolume"},
            ec2_arns({"instance", "volume", "network-interface", "launch-template", "fleet"}),
            tag_is_set("RequestTag")));
  // Images belong to Amazon or to anyone; running one changes nothing of theirs.
  s.push_back(
      allow("FromImages", {"ec2:RunInstances", "ec2:CreateFleet"},
            {"arn:${AWS::Partition}:ec2:${AWS::Region}::image/*", arn_here("ec2", "key-pair/*")}));
  s.push_back(allow(
      "TagWhatIsCreated", {"ec2:CreateTags"},
      ec2_arns({"instance", "volume", "network-interface", "launch-template", "fleet"}),
      Value::map({{"StringEquals",
                   Value::map({{"ec2:CreateAction",
                                Value::list({"RunInstances", "CreateFleet", "CreateLaunchTemplate",
                                             "CreateNetworkInterface", "CreateVolume"})}})}})));
  s.push_back(
      allow("ManageTagged", tagged_only, {arn_here("ec2", "*")}, tag_is_set("ResourceTag")));
  s.push_back(allow(
      "Look",
      {"ec2:DescribeAccountAttributes", "ec2:DescribeDhcpOptions", "ec2:DescribeImages",
       "ec2:DescribeInstances", "ec2:DescribeInstanceStatus", "ec2:DescribeInstanceTypeOfferings",
       "ec2:DescribeLaunchTemplates", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces",
       "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
       "ec2:DescribeVolumes", "ec2:DescribeVolumeStatus", "ec2:DescribeVpcAttribute",
       "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs"},
      {"*"}));
  s.push_back(allow(
      "PassInstanceRole", {"iam:PassRole"}, {instance_role_arn(name)},
      Value::map({{"StringEquals", Value::map({{"iam:PassedToService", "ec2.amazonaws.com"}})}})));
  return policy_of(std::move(s));
}

std::vector<Limit> service_limits(const std::string& name) {
  std::vector<std::string> changes(tagged_only.begin(), tagged_only.end());
  for (const char* also : {"ec2:StopInstances", "ec2:StartInstances", "ec2:RebootInstances"})
    changes.emplace_back(also);
  return {only_on("passes no role but its instances'", {"iam:PassRole"}, {instance_role_arn(name)}),
          only_where("touches nothing untagged", changes, tag_is_set("ResourceTag")),
          never_allows({"s3:*", "dynamodb:*", "sqs:*", "sns:*", "kms:*", "sts:*"}),
          only_on("does nothing else to IAM", {"iam:*"}, {instance_role_arn(name)})};
}

std::vector<std::string> objects_of(const Value& buckets) {
  std::vector<std::string> out;
  for (const Value& bucket : buckets.items())
    out.push_back("arn:${AWS::Partition}:s3:::" + bucket.to_text() + "/*");
  return out;
}

std::vector<std::string> whole(const Value& buckets) {
  std::vector<std::string> out;
  for (const Value& bucket : buckets.items())
    out.push_back("arn:${AWS::Partition}:s3:::" + bucket.to_text());
  return out;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// The instances' policy, and the resources that it must stay on.
struct InstancePolicy {
  Value statements = Value::list();
  std::vector<std::string> own;

  explicit InstancePolicy(const Value& given) {
    std::vector<std::string> written = objects_of(given["DataBuckets"]), read = written;
    append(read, objects_of(given["ReadBuckets"]));
    std::vector<std::string> listed = whole(given["DataBuckets"]);
    append(listed, whole(given["ReadBuckets"]));
    std::string logs = "arn:${AWS::Partition}:s3:::" + given["LogBucket"].as_string() + "/" +
                       given["Name"].as_string() + "/*";
    if (!read.empty()) add("Read", {"s3:GetObject"}, read);
    if (!listed.empty()) add("List", {"s3:ListBucket", "s3:GetBucketLocation"}, listed);
    if (!written.empty())
      add("Write", {"s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"}, written);
    add("Logs", {"s3:PutObject"}, {logs});
  }

  void add(std::string_view sid, const std::vector<std::string_view>& actions,
           const std::vector<std::string>& resources) {
    statements.push_back(allow(sid, actions, resources));
    append(own, resources);
  }
};

Status check_buckets(const Value& given) {
  for (const char* variable : {"DataBuckets", "ReadBuckets"})
    for (const Value& bucket : given[variable].items())
      if (bucket.to_text().empty() || bucket.to_text().find_first_of("*?/$") != std::string::npos)
        return Error("BlueprintInvalid",
                     "\"" + printable(bucket.to_text()) + "\" is no bucket's name")
            .because(std::string("variable ") + variable);
  const std::string& name = given["Name"].as_string();
  if (name.empty() ||
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
    return Error("BlueprintInvalid", "Name \"" + printable(name) + "\" may not be used")
        .with_hint("a-z, 0-9 and hyphens")
        .because("variable Name");
  return {};
}

void add_role(Builder& t, const char* id, const std::string& name, std::string_view service,
              const Value& document) {
  t.resource(
      id, "AWS::IAM::Role",
      Value::map(
          {{"RoleName", name},
           {"AssumeRolePolicyDocument", trust_for(service)},
           {"Policies", Value::list({Value::map({{"PolicyName", "emr"},
                                                 {"PolicyDocument", substituted(document)}})})}}));
  t.output(id, get_att(id, "Arn"));
}

Value instances(const Value& given, int64_t count) {
  return Value::map({{"InstanceCount", count}, {"InstanceType", given["InstanceType"]}});
}

void add_cluster(Builder& t, const Value& given) {
  Value applications = Value::list();
  for (const Value& name : given["Applications"].items())
    applications.push_back(Value::map({{"Name", name}}));
  t.resource(
      "Cluster", "AWS::EMR::Cluster",
      Value::map({{"Name", given["Name"]},
                  {"ReleaseLabel", given["ReleaseLabel"]},
                  {"Applications", applications},
                  {"ServiceRole", ref_to("ServiceRole")},
                  {"JobFlowRole", ref_to("InstanceProfile")},
                  {"LogUri", "s3://" + given["LogBucket"].as_string() + "/" +
                                 given["Name"].as_string() + "/"},
                  {"VisibleToAllUsers", true},
                  {"Instances", Value::map({{"Ec2SubnetId", given["SubnetId"]},
                                            {"MasterInstanceGroup", instances(given, 1)},
                                            {"CoreInstanceGroup",
                                             instances(given, given["CoreInstances"].as_int())}})},
                  {"Tags", Value::list({Value::map({{"Key", emr_tag}, {"Value", "true"}})})}}));
  t.output("Cluster", ref_to("Cluster"));
}

Result<Value> render_emr(const Blueprint&, const RenderInput& input) {
  const Value& given = input.variables;
  CHECK_OK(check_buckets(given));
  const std::string& name = given["Name"].as_string();
  Value service = service_policy(name);
  CHECK_OK(prove(service, service_limits(name)));
  InstancePolicy instance(given);
  Value document = policy_of(instance.statements);
  CHECK_OK(prove(document, {stays_on(instance.own), never_allows({"iam:*", "ec2:*", "sts:*"})}));
  Builder t;
  add_role(t, "ServiceRole", name + "-emr-service", "elasticmapreduce.amazonaws.com", service);
  add_role(t, "InstanceRole", name + "-emr-instance", "ec2.amazonaws.com", document);
  t.resource("InstanceProfile", "AWS::IAM::InstanceProfile",
             Value::map({{"InstanceProfileName", name + "-emr-instance"},
                         {"Roles", Value::list({ref_to("InstanceRole")})}}));
  add_cluster(t, given);
  return std::move(t).finish();
}

}  // namespace

Blueprint emr_blueprint() {
  return {"mainstay.emr.Cluster", "an EMR cluster whose roles touch only what is tagged for it",
          emr_variables, render_emr};
}

}  // namespace mainstay::blueprints
