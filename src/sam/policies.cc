// A function's Policies: managed policies, statements, and SAM's templates of policies.
#include <cstdio>
#include <cstdlib>

#include "base/json.hh"
#include "base/text.hh"
#include "sam/translation.hh"

extern "C" const char mainstay_sam_policies_begin[];
extern "C" const char mainstay_sam_policies_end[];

// policy_templates.json, taken in by the assembler as it is.
__asm__(
    ".section .rodata\n"
    ".global mainstay_sam_policies_begin\n.global mainstay_sam_policies_end\n"
    "mainstay_sam_policies_begin:\n.incbin \"" MAINSTAY_SAM_POLICIES
    "\"\n"
    "mainstay_sam_policies_end:\n.byte 0\n.previous\n");

namespace mainstay::sam {
namespace {

// Our own data: if it can't be read, the build is broken.
const Value& policy_templates() {
  static const Value all = [] {
    auto read =
        parse_json({mainstay_sam_policies_begin,
                    static_cast<size_t>(mainstay_sam_policies_end - mainstay_sam_policies_begin)});
    if (read.has_value()) return *read;
    std::fprintf(stderr, "policy templates: %s\n", read.error().to_string().c_str());
    std::abort();
  }();
  return all;
}

// ARNs of AWS's own are of the partition, "${Name}" of a parameter is a variable of Fn::Sub.
Value in_partition(const Value& v, const Value& parameters, const std::string& partition) {
  if (v.is_string()) {
    std::string text = replace_all(v.as_string(), "${AWS::Partition}", partition);
    if (!text.contains("${")) return text;
    Value used = Value::map({});
    for (const auto& [name, value] : parameters.members())
      if (text.contains("${" + name + "}")) used.set(name, value);
    // A text that is the parameter alone is its value.
    if (used.size() == 1 && text == "${" + used.members().nth(0).first + "}")
      return used.members().nth(0).second;
    if (used.empty()) return Value::map({{"Fn::Sub", text}});
    return Value::map({{"Fn::Sub", Value::list({Value(text), std::move(used)})}});
  }
  if (v.is_list()) {
    Value out = Value::list();
    for (const Value& item : v.items()) out.push_back(in_partition(item, parameters, partition));
    return out;
  }
  Value out = Value::map({});
  for (const auto& [key, member] : v.members())
    out.set(key, in_partition(member, parameters, partition));
  return v.is_map() ? out : v;
}

class PolicyReader {
 public:
  PolicyReader(const Maker& m, const std::string& role, RolePolicies& policies)
      : m_(m), role_(role), policies_(policies) {}

  void read(const Value& entry, size_t index) {
    index_ = index;
    if (entry.is_string()) return managed(entry.as_string());
    if (is_intrinsic(entry)) return policies_.managed.push_back(entry);
    if (entry.has("Statement")) return document(entry);
    if (entry.is_map() && entry.size() == 1) {
      const auto& [name, parameters] = entry.members().nth(0);
      if (const Value* found = policy_templates().find(name))
        return from_template(name, *found, parameters);
    }
    m_.fault("Policy at index " + std::to_string(index) +
             " in the 'Policies' property is not valid");
  }

 private:
  void managed(const std::string& name) {
    if (name.starts_with("arn:")) return policies_.managed.push_back(name);
    const auto& find = m_.all().around.managed_policy;
    std::string arn = find ? find(name) : "";
    policies_.managed.push_back(arn.empty() ? name : arn);
  }

  void document(Value document) {
    if (!document.has("Version")) document.set("Version", "2012-10-17");
    policies_.documents.push_back(
        Value::map({{"PolicyName", role_ + "Policy" + std::to_string(index_)},
                    {"PolicyDocument", std::move(document)}}));
  }

  void from_template(const std::string& name, const Value& found, const Value& parameters) {
    for (const Value& wanted : found["Parameters"].items())
      if (!parameters.has(wanted.as_string()))
        return m_.fault("Must specify valid parameter values for policy template '" + name + "'");
    Value statements = in_partition(found["Statement"], parameters, m_.all().around.partition);
    document(Value::map({{"Statement", std::move(statements)}}));
  }

  const Maker& m_;
  const std::string& role_;
  RolePolicies& policies_;
  size_t index_ = 0;
};

}  // namespace

void read_policies(const Maker& m, const std::string& role, RolePolicies& policies) {
  const Value& given = m["Policies"];
  if (given.is_null()) return;
  PolicyReader reader(m, role, policies);
  if (!given.is_list()) return reader.read(given, 0);
  for (size_t i = 0; i < given.size(); ++i) reader.read(given.at(i), i);
}

}  // namespace mainstay::sam
