#include "access/action_names.hh"

#include "base/text.hh"

namespace mainstay::access {

Status require_action(const actions::ActionTable& table, const std::string& pattern) {
  if (!table.matching(pattern).empty()) return {};
  Error error("ActionUnknown", "AWS has no action " + pattern);
  const actions::Service* service = table.service(pattern.substr(0, pattern.find(':')));
  std::vector<std::string> names;
  if (service)
    for (const actions::Action& action : service->actions()) names.push_back(action.name);
  auto near = nearest(pattern, names);
  return std::move(error).with_hint(near ? "did you mean " + *near + "?"
                                         : "actions are \"service:Name\", as s3:GetObject");
}

}  // namespace mainstay::access
