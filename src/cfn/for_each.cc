#include "cfn/for_each.hh"

#include <algorithm>

#include "base/text.hh"
#include "cfn/evaluate.hh"
#include "cfn/messages.hh"
#include "cfn/parameters.hh"
#include "cfn/references.hh"

namespace mainstay::cfn {
namespace {

constexpr std::string_view prefix = "Fn::ForEach::";
constexpr size_t expanded_nodes_max = 400'000;
constexpr size_t loops_nested_max = 5;

bool has_loop(const Value& v) {
  for (const Value& item : v.items())
    if (has_loop(item)) return true;
  for (const auto& [key, item] : v.members())
    if (key.starts_with(prefix) || has_loop(item)) return true;
  return false;
}

Error layout_error(const std::string& what) {
  return template_error("Transform AWS::LanguageExtensions failed with: " + what);
}

struct Binding {
  std::string identifier, value;
};

// A value with its places, as the expansion builds it.
struct Piece {
  Value value;
  Places places;
};

class Expander {
 public:
  Expander(const Template& t, const TemplateInputs& inputs, const Map& parameters) : t_(t) {
    environment_.pseudo = inputs.pseudo;
    context_.tmpl = &t;
    context_.parameters = &parameters;
    context_.environment = &environment_;
  }

  Result<Piece> expand(const Value& v, const Places& places) {
    nodes_ += 1 + v.as_string().size() / 32;  // long texts count for more
    if (nodes_ > expanded_nodes_max)
      return layout_error("the expansion has more than " + std::to_string(expanded_nodes_max) +
                          " values");
    if (v.is_map()) return map(v, places);
    if (v.is_list()) return list(v, places);
    if (v.is_string() && !bound_.empty()) return Piece{substitute(v.as_string()), places};
    return Piece{v, places};
  }

 private:
  static const Places& child(const Places& places, size_t i) {
    return i < places.children.size() ? places.children[i] : places;
  }

  Result<Piece> list(const Value& v, const Places& places) {
    Piece out{List(), Places{places.key, places.value, {}}};
    for (size_t i = 0; i < v.size(); ++i) {
      TRY(Piece item, expand(v.at(i), child(places, i)));
      out.value.push_back(std::move(item.value));
      out.places.children.push_back(std::move(item.places));
    }
    return out;
  }

  Result<Piece> map(const Value& v, const Places& places) {
    if (function_name(v) == "Ref")
      if (const Binding* b = binding(v["Ref"].as_string())) return Piece{b->value, places};
    Piece out{Map(), Places{places.key, places.value, {}}};
    CHECK_OK(members(v, places, out, ""));
    return out;
  }

  // Adds v's members to out, loops unrolled. loop is the name of the loop they come from, if any.
  Status members(const Value& v, const Places& places, Piece& out, const std::string& loop) {
    size_t i = 0;
    for (const auto& [key, item] : v.members()) {
      const Places& place = child(places, i++);
      if (key.starts_with(prefix)) {
        CHECK_OK(unroll(key, item, place, out));
        continue;
      }
      TRY(Piece expanded, expand(item, place));
      std::string name = substitute(key);
      if (out.value.has(name))
        return layout_error("Duplicate key '" + name + "' when merging keys to parent object in " +
                            (loop.empty() ? key : loop))
            .where({t_.document.file, static_cast<int>(place.key.line),
                    static_cast<int>(place.key.column)});
      out.value.set(name, std::move(expanded.value));
      out.places.children.push_back(std::move(expanded.places));
    }
    return {};
  }

  Status unroll(const std::string& key, const Value& loop, const Places& places, Piece& out) {
    Position at{t_.document.file, static_cast<int>(places.key.line),
                static_cast<int>(places.key.column)};
    if (loop.size() != 3 || !loop.at(0).is_string() || !loop.at(2).is_map())
      return layout_error(key + " layout is incorrect")
          .where(at)
          .with_hint("[identifier, list of values, {key with ${identifier}: value}]");
    if (bound_.size() >= loops_nested_max)
      return layout_error(key + " is nested deeper than " + std::to_string(loops_nested_max) +
                          " levels")
          .where(at);
    TRY(Piece collection, expand(loop.at(1), child(places, 1)));
    auto items = evaluate(collection.value, context_);
    if (!items.has_value()) return std::move(items).error().where(at);
    if (!items->is_list())
      return layout_error(key + " layout is incorrect: the collection is no list").where(at);
    for (const Value& item : items->items()) {
      bound_.push_back({loop.at(0).as_string(), item.to_text()});
      Status done = members(loop.at(2), child(places, 2), out, key);
      bound_.pop_back();
      CHECK_OK(std::move(done));
    }
    return {};
  }

  const Binding* binding(std::string_view identifier) const {
    auto it = std::find_if(bound_.rbegin(), bound_.rend(),
                           [&](const Binding& b) { return b.identifier == identifier; });
    return it == bound_.rend() ? nullptr : &*it;
  }

  // ${Identifier}, and &{Identifier} for the value's letters and digits only.
  std::string substitute(const std::string& text) const {
    std::string out = text;
    for (const Binding& b : bound_) {
      if (out.find('{') == std::string::npos) break;
      std::string plain = b.value;
      std::erase_if(plain, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); });
      out = replace_all(out, "${" + b.identifier + "}", b.value);
      out = replace_all(out, "&{" + b.identifier + "}", plain);
    }
    return out;
  }

  const Template& t_;
  Environment environment_;
  Context context_;
  std::vector<Binding> bound_;
  size_t nodes_ = 0;
};

// What is known of the parameters before the stack's values are checked.
Map early_parameters(const Template& t, const Map& given) {
  Map out;
  for (const Parameter& p : t.parameters) {
    const Value* value = given.find(p.name);
    if (!value && !p.default_value) continue;
    std::string text = value ? value->to_text() : *p.default_value;
    auto type = parse_parameter_type(p.type);
    out.set(p.name, type && type->is_list ? Value(split_list_parameter(text)) : Value(text));
  }
  return out;
}

}  // namespace

Result<bool> expand_for_each(Template& t, const TemplateInputs& inputs) {
  if (!has_loop(t.document.root)) return false;
  for (const auto& [name, mapping] : t.document.root["Mappings"].members())
    t.mappings.set(name, mapping);
  Map parameters = early_parameters(t, inputs.parameters);
  Expander expander(t, inputs, parameters);
  TRY(Piece expanded, expander.expand(t.document.root, t.document.places));
  t.document.root = std::move(expanded.value);
  t.document.places = std::move(expanded.places);
  return true;
}

}  // namespace mainstay::cfn
