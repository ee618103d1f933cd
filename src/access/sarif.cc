#include "access/sarif.hh"

#include "base/text.hh"

namespace mainstay::access {
namespace {

Value text_value(const std::string& text) {
  return Value::map({{"text", text}});
}

Value location_of(const Position& at) {
  Value place =
      Value::map({{"artifactLocation", Value::map({{"uri", percent_encode(at.file, true)}})}});
  if (at.line > 0) {
    Value region = Value::map({{"startLine", at.line}});
    if (at.column > 0) region.set("startColumn", at.column);
    place.set("region", std::move(region));
  }
  return Value::map({{"physicalLocation", std::move(place)}});
}

}  // namespace

Value sarif(const std::vector<FindingRule>& rules, const std::vector<Finding>& findings,
            const std::string& version) {
  Value rule_list = Value::list(), results = Value::list();
  for (const FindingRule& rule : rules)
    rule_list.push_back(Value::map({{"id", rule.id}, {"shortDescription", text_value(rule.text)}}));
  for (const Finding& finding : findings)
    results.push_back(Value::map({{"ruleId", finding.rule},
                                  {"level", finding.proved ? "error" : "warning"},
                                  {"message", text_value(finding.message)},
                                  {"locations", Value::list({location_of(finding.at)})}}));
  Value driver = Value::map({{"name", "mainstay"}, {"version", version}, {"rules", rule_list}});
  Value run = Value::map(
      {{"tool", Value::map({{"driver", std::move(driver)}})}, {"results", std::move(results)}});
  return Value::map({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                     {"version", "2.1.0"},
                     {"runs", Value::list({std::move(run)})}});
}

}  // namespace mainstay::access
