#include "proofs/symbolic_variables.hh"

#include <algorithm>
#include <map>

#include "base/text.hh"
#include "proofs/text_search.hh"

namespace mainstay::policy::proofs {
namespace {

const char* const any_value = "mainstay";
constexpr size_t values_max = 12;  // for one variable
constexpr size_t contexts_max = 24;
constexpr size_t search_steps = 20'000;  // for one pair of patterns

// All texts with patterns, of resources and of conditions.
struct Gathered {
  std::map<std::string, Pattern> open;  // with variables; by their text, so each once
  std::map<std::string, Glob> closed;   // without
  std::vector<const Condition*> conditions;
};

void gather(const PolicyList& policies, Gathered& out) {
  auto add = [&](const std::string& text, const Pattern& pattern) {
    if (pattern.has_variables())
      out.open.emplace(text, pattern);
    else if (!pattern.fixed().matches_everything())
      out.closed.emplace(text, pattern.fixed());
  };
  for (const Policy* policy : policies) {
    bool variables = policy->document().has_variables();
    for (const Rule& rule : policy->rules()) {
      const auto& texts = rule.statement().resources;
      for (size_t i = 0; i < texts.size(); ++i) add(texts[i], rule.resources()[i].pattern());
      for (const Condition& condition : rule.statement().conditions) {
        out.conditions.push_back(&condition);
        for (const std::string& value : condition.values)
          add(value, Pattern(value, Pattern::Wildcards::yes, variables ? 0 : std::string::npos));
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
  std::vector<std::string> values = {any_value};
  for (const Condition* condition : gathered.conditions)
    if (to_lower(condition->key) == variable)
      for (const std::string& value : condition->values)
        add_value(values, replace_all(value, "*", "x"));
  for (const auto& [text, open] : gathered.open) {
    auto first = std::find_if(open.parts().begin(), open.parts().end(),
                              [](const Pattern::Part& part) { return part.variable; });
    if (first->text != variable) continue;
    if (first->otherwise) add_value(values, *first->otherwise);
    TextConstraint a{{text_pattern(open.relaxed())}, false};
    for (const auto& [other, closed] : gathered.closed) {
      if (values.size() == values_max) return values;
      Work work(search_steps);
      TextConstraint b{{text_pattern(closed)}, false};
      TextFound both = find_text({&a, &b}, work);
      if (both.kind == TextFound::Kind::found) add_value(values, value_in(open, both.text));
    }
  }
  return values;
}

}  // namespace

std::vector<Context> plain_values(const std::vector<std::string>& variables) {
  std::vector<Context> out(2);
  for (const std::string& variable : variables) out[0].set(variable, any_value);
  return out;
}

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
    for (size_t i = 1; i <= values[v].size() && out.size() < contexts_max; ++i) {
      Context other = out[0];
      if (i < values[v].size())
        other.set(variables[v], values[v][i]);
      else
        other.erase(variables[v]);
      out.push_back(std::move(other));
    }
  return out;
}

}  // namespace mainstay::policy::proofs
