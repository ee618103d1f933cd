#include "formation/template_source.hh"

#include <algorithm>
#include <optional>

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "cloud/cloud.hh"
#include "cloud/web_name.hh"

namespace mainstay::formation {
namespace {

constexpr size_t body_max = 51200;      // CreateStack, TemplateBody
constexpr size_t object_max = 1 << 20;  // "CloudFormation quotas": a template in S3

struct ObjectPlace {
  std::string bucket, key;
};

// "bucket.s3.us-west-2.amazonaws.com" names a bucket; "s3.amazonaws.com" does not.
std::string bucket_of_host(std::string_view host) {
  for (std::string_view mark : {".s3.", ".s3-"})
    if (size_t at = host.find(mark); at != std::string_view::npos)
      return std::string(host.substr(0, at));
  return "";
}

Result<Value> ask(const Asker& asker, std::string_view region, std::string_view service,
                  std::string_view operation, Value in) {
  Result<Value> answer = Value();
  auto invoke = [&] {
    answer =
        asker.cloud.invoke(asker.caller, asker.account, region, service, operation, std::move(in));
  };
  if (asker.call)
    asker.call->outside(invoke);
  else
    invoke();
  return answer;
}

// AWS's own hosts, and those by which this cloud may be reached: what a stranger can't point here.
bool is_of_s3(const std::string& text) {
  auto host = cloud::parse_web_host(text);
  return host && (host->is_aws() || host->is_loopback() || host->is_near());
}

// A stable AMI id for a public parameter such as /aws/service/ami-amazon-linux-latest/...
std::string made_up_image(const std::string& name) {
  return "ami-0" + hex_encode(sha256(name)).substr(0, 16);
}

std::optional<ObjectPlace> parse_object_url(const std::string& url) {
  size_t scheme = url.find("://");
  if (scheme == std::string::npos) return std::nullopt;
  std::string rest = url.substr(scheme + 3);
  rest = rest.substr(0, rest.find('?'));
  size_t slash = rest.find('/');
  if (slash == std::string::npos) return std::nullopt;
  std::string host = rest.substr(0, slash);
  std::string path = percent_decode(rest.substr(slash + 1));
  std::string bucket = url.starts_with("s3://") ? host : bucket_of_host(host);
  if (!url.starts_with("s3://") && !is_of_s3(host)) return std::nullopt;
  if (!bucket.empty())
    return path.empty() ? std::nullopt : std::optional<ObjectPlace>({bucket, path});
  size_t next = path.find('/');
  if (next == std::string::npos || next == 0 || next + 1 == path.size()) return std::nullopt;
  return ObjectPlace{path.substr(0, next), path.substr(next + 1)};
}

}  // namespace

Result<std::string> fetch_object(const Asker& asker, const ObjectMember& member,
                                 const std::string& url) {
  auto place = parse_object_url(url);
  // Recorded: test_create_stack_from_s3_template_url.
  if (url.starts_with("s3://"))
    return validation_error("S3 error: Domain name specified in " + (place ? place->bucket : "") +
                            " is not a valid S3 domain");
  if (!place) return validation_error(member.name + " must be a supported URL.");
  auto object = ask(asker, asker.region, "s3", "GetObject",
                    Value::map({{"Bucket", place->bucket}, {"Key", place->key}}));
  if (!object.has_value())
    return validation_error("S3 error: " + object.error().message +
                            "\nFor more information check "
                            "http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html");
  std::string body = (*object)["Body"].as_bytes();
  if (body.size() > member.bytes_max)
    return validation_error(member.name + " may not exceed " + std::to_string(member.bytes_max) +
                            " bytes in size.");
  return body;
}

Result<std::string> fetch_snippet(const Asker& asker, const std::string& url, size_t bytes_max) {
  auto place = parse_object_url(url);
  if (!place) return validation_error("The location parameter is not a valid S3 uri.");
  auto object = ask(asker, asker.region, "s3", "GetObject",
                    Value::map({{"Bucket", place->bucket}, {"Key", place->key}}));
  if (!object.has_value()) {
    // Recorded on AWS: test_change_sets.py, test_describe_failed_change_set.
    if (object.error().code == "NoSuchBucket")
      return validation_error("S3 bucket [" + place->bucket + "] does not exist.");
    return validation_error(object.error().message);
  }
  std::string body = (*object)["Body"].as_bytes();
  if (body.size() <= bytes_max) return body;
  return validation_error("The snippet may not exceed " + std::to_string(bytes_max) + " bytes.");
}

Result<std::string> template_of_request(Call& call, const Value& in, const Value& before) {
  bool body = in.has("TemplateBody"), url = in.has("TemplateURL");
  if (body && url)
    return validation_error("Only one of TemplateBody or TemplateUrl may be specified");
  if (body) {
    if (in["TemplateBody"].as_string().size() > body_max)
      return validation_error(
          "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
          "Member must have length less than or equal to 51200");
    return in["TemplateBody"].as_string();
  }
  if (url)
    return fetch_object(asker_of(call), {"TemplateURL", object_max}, in["TemplateURL"].as_string());
  if (in["UsePreviousTemplate"].as_bool() && before.has("Body")) return before["Body"].as_string();
  return validation_error("Either Template URL or Template Body must be specified.");
}

namespace {

struct Parameter {
  std::string value;
  bool is_secure = false;
};

Result<Parameter> find_parameter(const Asker& asker, const std::string& name, bool decrypt) {
  auto found = ask(asker, asker.region, "ssm", "GetParameter",
                   Value::map({{"Name", name}, {"WithDecryption", decrypt}}));
  if (found.has_value()) {
    const Value& p = (*found)["Parameter"];
    return Parameter{p["Value"].as_string(), p["Type"].as_string() == "SecureString"};
  }
  if (name.starts_with("/aws/service/")) return Parameter{made_up_image(name)};
  return validation_error("Unable to fetch parameters [" + name +
                          "] from parameter store for this account.");
}

}  // namespace

// "CloudFormation doesn't support defining template parameters as SecureString Systems Manager
// parameter types" (user guide, "Specify existing resources at runtime").
Result<std::string> read_ssm(const Asker& asker, const std::string& name) {
  TRY(Parameter found, find_parameter(asker, name, false));
  if (!found.is_secure) return found.value;
  return validation_error("Parameters [" + name +
                          "] referenced by template have types not supported by CloudFormation.");
}

// "ID:SecretString:member:stage:version", all but the ID optional, and the ID maybe an ARN (user
// guide, "Get a secret or secret value from Secrets Manager").
Result<std::string> read_secret(const Asker& asker, const std::string& reference) {
  constexpr std::string_view mark = ":SecretString";
  size_t at = reference.find(mark);
  auto parts = split(at == std::string::npos ? "" : reference.substr(at + mark.size()), ":");
  parts.resize(4);
  Value in = Value::map({{"SecretId", reference.substr(0, at)}});
  if (!parts[2].empty()) in.set("VersionStage", parts[2]);
  if (!parts[3].empty()) in.set("VersionId", parts[3]);
  auto found = ask(asker, asker.region, "secretsmanager", "GetSecretValue", std::move(in));
  if (!found.has_value()) return validation_error(found.error().message);
  std::string text = (*found)["SecretString"].as_string();
  if (parts[1].empty()) return text;
  auto object = parse_json(text);
  if (!object.has_value() || !object->has(parts[1]))
    return validation_error("Could not find a value associated with JSONKey " + parts[1] +
                            " in SecretString");
  return (*object)[parts[1]].to_text();
}

Result<std::string> resolve_reference(const Asker& asker, const std::string& service,
                                      const std::string& reference) {
  if (service != "ssm" && service != "ssm-secure") return read_secret(asker, reference);
  TRY(Parameter found, find_parameter(asker, reference, service == "ssm-secure"));
  if (found.is_secure && service == "ssm")
    return validation_error("Non-secure ssm prefix was used for secure parameter: " + reference);
  return found.value;
}

Result<Value> zones_of(const Asker& asker, const std::string& region) {
  Value of_zone = Value::list(
      {Value::map({{"Name", "default-for-az"}, {"Values", Value::list({Value("true")})}})});
  TRY(Value subnets,
      ask(asker, region, "ec2", "DescribeSubnets", Value::map({{"Filters", of_zone}})));
  std::vector<std::string> names;
  for (const Value& subnet : subnets["Subnets"].items())
    names.push_back(subnet["AvailabilityZone"].as_string());
  if (names.empty()) {
    TRY(Value zones, ask(asker, region, "ec2", "DescribeAvailabilityZones", Value::map({})));
    for (const Value& zone : zones["AvailabilityZones"].items())
      names.push_back(zone["ZoneName"].as_string());
  }
  std::sort(names.begin(), names.end());
  return Value(List(names.begin(), names.end()));
}

namespace {

// Fn::ValueOf of networks and subnets, in rules (user guide, "Rule-specific intrinsic functions").
Result<Value> value_of(const Asker& asker, const std::string& type, const std::string& id,
                       const std::string& attribute) {
  bool subnet = type.contains("Subnet::Id");
  if (!subnet && !type.contains("VPC::Id"))
    return validation_error("Fn::ValueOf cannot read attributes of " + type);
  const char* ids = subnet ? "SubnetIds" : "VpcIds";
  TRY(Value found, ask(asker, asker.region, "ec2", subnet ? "DescribeSubnets" : "DescribeVpcs",
                       Value::map({{ids, Value::list({id})}})));
  const Value& document = found[subnet ? "Subnets" : "Vpcs"].at(0);
  if (!attribute.starts_with("Tags.")) return document[attribute];
  for (const Value& tag : document["Tags"].items())
    if (tag["Key"].as_string() == attribute.substr(5)) return tag["Value"];
  return Value("");
}

}  // namespace

cfn::Environment make_environment(const Asker& asker, const cfn::PseudoParameters& pseudo) {
  cfn::Environment e;
  e.pseudo = pseudo;
  e.get_azs = [asker](const std::string& region) {
    return zones_of(asker, region.empty() ? asker.region : region);
  };
  e.resolve = [asker](const std::string& service, const std::string& reference) {
    return resolve_reference(asker, service, reference);
  };
  e.value_of = [asker](const std::string& type, const std::string& id,
                       const std::string& attribute) {
    return value_of(asker, type, id, attribute);
  };
  auto unknown = [](const std::string& what) {
    return Result<Value>(Value(Bytes{"${" + what + "}"}));
  };
  e.ref = unknown;
  e.get_att = [unknown](const std::string& id, const std::string& attribute) {
    return unknown(id + "." + attribute);
  };
  e.import_value = [unknown](const std::string& name) { return unknown("import " + name); };
  return e;
}

}  // namespace mainstay::formation
