#include "policy/symbolic_variables.hh"

#include <algorithm>

#include "base/text.hh"
#include "policy/text_search.hh"

namespace mainstay::policy {
namespace {

constexpr size_t values_max = 12;  // for one variable
constexpr size_t contexts_max = 24;
constexpr size_t search_steps = 20'000;  // for one pair of patterns

// All texts with patterns, of resources and of conditions.
struct Gathered {
  std::vector<Pattern> open;  // with variables
  std::vector<Glob> closed;   // without
  std::vector<const Condition*> conditions;
};

void gather(const PolicyList& policies, Gathered& out) {
  auto add = [&](const Pattern& pattern) {
    if (pattern.has_variables())
      out.open.push_back(pattern);
    else
      out.closed.push_back(pattern.fixed());
  };
  for (const Policy* policy : policies) {
    bool variables = policy->document().has_variables();
    for (const Rule& rule : policy->rules()) {
      for (const ResourcePattern& resource : rule.resources()) add(resource.pattern());
      for (const Condition& condition : rule.statement().conditions) {
        out.conditions.push_back(&condition);
        for (const std::string& value : condition.values)
          add(Pattern(value, Pattern::Wildcards::yes, variables ? 0 : std::string::npos));
      }
    }
  }
}

// What stands in `text` where the first variable of the pattern is, if only literal text is before
// it: up to the next literal text of the pattern.
std::string value_in(const Pattern& pattern, std::string_view text) {
  const auto& parts = pattern.parts();
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].variable) {
      std::string_view literal = parts[i].text;
      if (!text.starts_with(literal)) return {};
      text.remove_prefix(literal.size());
      continue;
    }
    std::string_view next = i + 1 < parts.size() ? std::string_view(parts[i + 1].text) : "";
    next = next.substr(0, next.find_first_of("*?"));
    return std::string(next.empty() ? text : text.substr(0, text.find(next)));
  }
  return {};
}

void add_value(std::vector<std::string>& values, std::string value) {
  bool fits = !value.empty() && values.size() < values_max &&
              std::find(values.begin(), values.end(), value) == values.end();
  if (fits) values.push_back(std::move(value));
}

std::vector<std::string> values_of(const std::string& variable, const Gathered& gathered) {
  std::vector<std::string> values = {"mainstay"};
  for (const Condition* condition : gathered.conditions)
    if (to_lower(condition->key) == variable)
      for (const std::string& value : condition->values)
        add_value(values, replace_all(value, "*", "x"));
  for (const Pattern& open : gathered.open) {
    auto first = std::find_if(open.parts().begin(), open.parts().end(),
                              [](const Pattern::Part& part) { return part.variable; });
    if (first->text != variable) continue;
    if (first->otherwise) add_value(values, *first->otherwise);
    for (const Glob& closed : gathered.closed) {
      Work work(search_steps);
      TextConstraint a{{text_pattern(open.relaxed())}, false}, b{{text_pattern(closed)}, false};
      TextFound both = find_text({&a, &b}, work);
      if (both.kind == TextFound::Kind::found) add_value(values, value_in(open, both.text));
    }
  }
  return values;
}

}  // namespace

std::vector<Context> variable_values(const PolicyList& before, const PolicyList& after,
                                     const std::vector<std::string>& variables) {
  Gathered gathered;
  gather(before, gathered);
  gather(after, gathered);
  std::vector<std::vector<std::string>> values;
  for (const std::string& variable : variables) values.push_back(values_of(variable, gathered));
  std::vector<Context> out(1);
  // All the first values, then each variable by itself through its other values and none.
  for (size_t v = 0; v < variables.size(); ++v) out[0].set(variables[v], values[v][0]);
  for (size_t v = 0; v < variables.size(); ++v)
    for (size_t i = 1; i <= values[v].size() && out.size() + 1 < contexts_max; ++i) {
      Context other = out[0];
      if (i < values[v].size())
        other.set(variables[v], values[v][i]);
      else
        other.erase(variables[v]);
      out.push_back(std::move(other));
    }
  out.emplace_back();
  return out;
}

}  // namespace mainstay::policy
