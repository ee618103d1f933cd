// What the tests of this room share: corpus files, and an environment with made-up answers.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.hh"
#include "cfn/evaluate.hh"
#include "cfn/parameters.hh"

namespace mainstay::cfn::test {

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Paths of the YAML and JSON files below a folder, sorted.
inline std::vector<std::filesystem::path> documents_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    std::string e = entry.path().extension();
    if (e == ".yaml" || e == ".yml" || e == ".json" || e == ".template")
      out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

// Resources, exports and zones that always answer.
inline Environment made_up_environment() {
  Environment e;
  e.pseudo.stack_name = "demo";
  e.pseudo.stack_id =
      "arn:aws:cloudformation:us-east-1:123456789012:stack/demo/"
      "00000000-0000-0000-0000-000000000000";
  e.ref = [](const std::string& id) { return Result<Value>(Value("arn:made-up/" + id)); };
  e.get_att = [](const std::string& id, const std::string& attribute) {
    Value v(attribute + ":of:" + id);
    bool is_list = attribute.ends_with("Addresses");
    return Result<Value>(is_list ? Value::list({v, v, v}) : v);
  };
  e.import_value = [](const std::string& name) { return Result<Value>(Value("export-" + name)); };
  e.get_azs = [](const std::string& region) {
    return Result<Value>(Value::list({region + "a", region + "b", region + "c", region + "d"}));
  };
  e.value_of = [](const std::string&, const std::string&, const std::string&) {
    return Result<Value>(Value("vpc-0123456789abcdef0"));
  };
  return e;
}

// A text that the parameter's name or pattern asks for.
inline std::string made_up_text(const Parameter& p) {
  if (p.type.contains("Number"))
    return p.min_value ? Value(static_cast<int64_t>(*p.min_value)).to_text() : "1";
  const std::pair<const char*, const char*> by_name[] = {
      {"kmskey", "arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
      {"createvpcflowlogstos3", "true"},  // its default breaks the template's own rule
      {"emailsubscription", "ops@example.com"},
      {"vpcpeeringconnectionid", "pcx-0123456789abcdef0"},
      {"peerrolearn", "arn:aws:iam::123456789012:role/peer"},
      {"cidr", "10.0.0.0/16"},
      {"ownerid", "123456789012"},
      {"account", "123456789012"},
      {"routetableid", "rtb-0123456789abcdef0"},
      {"bucketname", "some-bucket"},
      {"vpc", "vpc-0123456789abcdef0"}};
  for (auto [part, text] : by_name)
    if (to_lower(p.name).contains(part)) return text;
  if (!p.allowed_values.empty()) return p.allowed_values[0];
  return p.allowed_pattern.contains("[0-9]{1,3}") ? "10.0.0.0/16" : "Abcd1234";
}

// Values that satisfy the constraints of corpus templates.
inline ParameterInputs made_up_parameters(const Template& t) {
  ParameterInputs inputs;
  inputs.read_ssm = [](const std::string& name) { return Result<std::string>("value-of-" + name); };
  for (const Parameter& p : t.parameters) {
    if (p.default_value && p.name != "CreateVPCFlowLogsToS3") continue;
    auto type = parse_parameter_type(p.type);
    std::string text = made_up_text(p);
    inputs.given.set(p.name,
                     type && type->is_list ? text + "," + text + "," + text + "," + text : text);
  }
  return inputs;
}

}  // namespace mainstay::cfn::test
