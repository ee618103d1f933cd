#include "cfn/references.hh"

#include <algorithm>

#include "base/text.hh"
#include "cfn/messages.hh"

namespace mainstay::cfn {
namespace {

class Finder {
 public:
  explicit Finder(const Map* conditions) : conditions_(conditions) {}

  Status visit(const Value& v, Path& path) {
    std::string_view function = function_name(v);
    if (function == "Ref") return ref(v["Ref"], path);
    if (function == "Fn::GetAtt") return get_att(v["Fn::GetAtt"], path);
    if (function == "Fn::Sub") return sub(v["Fn::Sub"], path);
    if (function == "Fn::If") return choice(v["Fn::If"], path);
    if (function == "Condition" && v["Condition"].is_string()) {
      add(Reference::Kind::condition, v["Condition"].as_string(), "", path);
      return {};
    }
    if (function == "Fn::FindInMap" && v["Fn::FindInMap"].at(0).is_string())
      add(Reference::Kind::mapping, v["Fn::FindInMap"].at(0).as_string(), "", path);
    return children(v, path);
  }

  std::vector<Reference> found;

 private:
  void add(Reference::Kind kind, std::string name, std::string attribute, const Path& path) {
    found.push_back({kind, std::move(name), std::move(attribute), path});
  }

  Status children(const Value& v, Path& path) {
    size_t i = 0;
    for (const Value& item : v.items()) CHECK_OK(child(item, std::to_string(i++), path));
    for (const auto& [key, item] : v.members()) CHECK_OK(child(item, key, path));
    return {};
  }

  Status child(const Value& v, std::string step, Path& path) {
    path.push_back(std::move(step));
    Status done = visit(v, path);
    path.pop_back();
    return done;
  }

  Status ref(const Value& name, Path& path) {
    if (name.is_map()) return child(name, "Ref", path);  // allowed by AWS::LanguageExtensions
    if (name.as_string().empty()) return template_error(messages::ref_form);
    add(Reference::Kind::ref, name.as_string(), "", path);
    return {};
  }

  Status get_att(const Value& argument, Path& path) {
    TRY(auto parts, split_get_att(argument));
    if (parts.first.is_string())
      add(Reference::Kind::get_att, parts.first.as_string(), parts.second.as_string(), path);
    return argument.is_list() ? child(argument, "Fn::GetAtt", path) : Status();
  }

  Status sub(const Value& argument, Path& path) {
    const Value& text = argument.is_list() ? argument.at(0) : argument;
    const Value& own = argument.at(1);
    if (!text.is_string()) return template_error(messages::sub_form);
    TRY(auto pieces, parse_sub(text.as_string()));
    for (const SubPiece& piece : pieces) {
      if (!piece.is_variable || own.has(piece.text)) continue;
      size_t dot = piece.text.find('.');
      if (dot == std::string::npos) {
        add(Reference::Kind::ref, piece.text, "", path);
      } else {
        add(Reference::Kind::get_att, piece.text.substr(0, dot), piece.text.substr(dot + 1), path);
      }
    }
    path.push_back("Fn::Sub");
    Status done = own.is_map() ? child(own, "1", path) : Status();
    path.pop_back();
    return done;
  }

  Status choice(const Value& argument, Path& path) {
    const std::string& name = argument.at(0).as_string();
    if (!name.empty()) add(Reference::Kind::condition, name, "", path);
    const Value* known = conditions_ && !name.empty() ? conditions_->find(name) : nullptr;
    if (!known) return children(argument, path);
    size_t taken = known->as_bool() ? 1 : 2;
    path.push_back("Fn::If");
    Status done = child(argument.at(taken), std::to_string(taken), path);
    path.pop_back();
    return done;
  }

  const Map* conditions_;
};

bool is_sub_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == ':';
  });
}

}  // namespace

std::string_view function_name(const Value& v) {
  if (v.members().size() != 1) return "";
  std::string_view key = v.members().nth(0).first;
  return key == "Ref" || key == "Condition" || key.starts_with("Fn::") ? key : "";
}

Result<std::pair<Value, Value>> split_get_att(const Value& argument) {
  if (argument.is_string()) {
    const std::string& text = argument.as_string();
    size_t dot = text.find('.');
    if (dot == 0 || dot == std::string::npos || dot + 1 == text.size())
      return template_error(messages::get_att_form);
    return std::pair<Value, Value>(text.substr(0, dot), text.substr(dot + 1));
  }
  if (argument.size() < 2 || !argument.is_list()) return template_error(messages::get_att_form);
  auto usable = [](const Value& v) { return v.is_map() || !v.as_string().empty(); };
  if (!std::all_of(argument.items().begin(), argument.items().end(), usable))
    return template_error(messages::get_att_form);
  if (argument.size() == 2) return std::pair(argument.at(0), argument.at(1));
  std::vector<std::string> rest;  // [a, b, c] is a's attribute b.c, as nested stacks have it
  for (size_t i = 1; i < argument.size(); ++i) rest.push_back(argument.at(i).as_string());
  return std::pair(argument.at(0), Value(join(rest, ".")));
}

Result<std::vector<Reference>> find_references(const Value& v, Path path, const Map* conditions) {
  Finder finder(conditions);
  CHECK_OK(finder.visit(v, path));
  return std::move(finder.found);
}

Result<std::vector<SubPiece>> parse_sub(std::string_view text) {
  std::vector<SubPiece> pieces;
  auto literal = [&](std::string_view more) {
    if (pieces.empty() || pieces.back().is_variable) pieces.emplace_back();
    pieces.back().text += more;
  };
  while (!text.empty()) {
    size_t start = text.find("${");
    size_t end = start == std::string_view::npos ? start : text.find('}', start);
    literal(text.substr(0, end == std::string_view::npos ? end : start));
    if (end == std::string_view::npos) break;
    std::string_view name = text.substr(start + 2, end - start - 2);
    text.remove_prefix(end + 1);
    if (name.starts_with('!')) {
      literal("${" + std::string(name.substr(1)) + "}");
      continue;
    }
    name = trim(name);
    if (!is_sub_name(name)) return template_error(messages::sub_name);
    pieces.push_back({true, std::string(name)});
  }
  return pieces;
}

}  // namespace mainstay::cfn
