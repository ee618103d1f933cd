#include "stacks/persistent_graph.hh"

#include "base/json.hh"
#include "base/text.hh"
#include "stacks/config_keys.hh"

namespace mainstay::stacks {
namespace {

constexpr int64_t format_version = 1;

Value value_of(const KeptStack& stack) {
  Value v = Value::map(
      {{"address", stack.address}, {"id", stack.id}, {"tokens", Value::texts(stack.tokens)}});
  v.set("region", stack.region);
  v.set("profile", stack.profile);
  v.set("needs", Value::texts(stack.needs));
  v.set("protected", stack.is_protected);
  v.set("noted", format_iso8601(stack.noted, true));
  return v;
}

Error invalid(const std::string& why) {
  return Error("GraphInvalid", "the persistent graph can't be read: " + why)
      .with_hint("put it back from a copy (buckets with versions have the last one)");
}

Result<KeptStack> stack_of(const std::string& name, const Value& v) {
  auto noted = parse_time(v["noted"].as_string());
  if (!v["address"].is_string() || !v["needs"].is_list() || !noted)
    return invalid("the stack \"" + printable(name) + "\" is incomplete");
  return KeptStack{v["address"].as_string(), v["id"].as_string(),
                   texts_of(v["tokens"]),    v["region"].as_string(),
                   v["profile"].as_string(), texts_of(v["needs"]),
                   v["protected"].as_bool(), *noted};
}

}  // namespace

std::string graph_text(const PersistentGraph& graph) {
  Value all = Value::map();
  for (const auto& [name, stack] : graph.stacks) all.set(name, value_of(stack));
  return to_json_pretty(Value::map({{"version", format_version}, {"stacks", std::move(all)}})) +
         "\n";
}

Result<PersistentGraph> parse_graph(const std::string& text) {
  auto v = parse_json(text);
  if (!v) return invalid(v.error().message);
  if (!v->is_map()) return invalid("it is no map");
  PersistentGraph graph;
  if (!(*v)["version"].is_int()) {
    for (const auto& [name, needs] : v->members()) {
      if (!needs.is_list()) return invalid("\"" + printable(name) + "\" is no list");
      graph.stacks[name].needs = texts_of(needs);
    }
    return graph;
  }
  if ((*v)["version"].as_int() != format_version)
    return invalid("it is of version " + (*v)["version"].to_text() + ", by a newer mainstay");
  for (const auto& [name, one] : (*v)["stacks"].members()) {
    TRY(graph.stacks[name], stack_of(name, one));
  }
  return graph;
}

std::string lock_text(const GraphOwner& owner) {
  return to_json(Value::map({{"run", owner.run},
                             {"user", owner.user},
                             {"host", owner.host},
                             {"process", owner.process},
                             {"space", owner.space},
                             {"since", format_iso8601(owner.since, true)}})) +
         "\n";
}

Result<GraphOwner> parse_lock(const std::string& text) {
  TRY(Value v, parse_json(text));
  auto since = parse_time(v["since"].as_string());
  if (v["run"].as_string().empty() || !since)
    return Error("GraphInvalid", "the lock of the persistent graph can't be read");
  return GraphOwner{v["run"].as_string(),  v["user"].as_string(),  v["host"].as_string(),
                    v["process"].as_int(), v["space"].as_string(), *since};
}

std::vector<std::string> left_behind(const PersistentGraph& graph, const Config& config) {
  std::vector<std::string> names;
  for (const auto& [name, stack] : graph.stacks)
    if (!config.find(name)) names.push_back(name);
  return names;
}

}  // namespace mainstay::stacks
