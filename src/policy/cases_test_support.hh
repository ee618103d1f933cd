// Reads the decision tables of cases/*.json.
//
// A file: {"about", "source", "documents": {name: policy}, "templates": {name: row}, and "cases" (a
// list of rows) or a matrix}. A row:
//   name, source?, like? (a template that it is laid over), principal (text, or {"arn", "role_arn",
//   "unique_id", "canonical_id"}), action, resource?, resource_account?, context? {key: text or
//   list, null: absent}, policies {identity, boundary, session, resource, endpoint,
//   resource_control, trust, key: a document, the name of one, or a list; service_control: a list
//   of levels}, s3? {account, ownership, acl, ignore_public_acls, restrict_public_buckets, object},
//   expect: "allow" | "explicit deny" | "implicit deny" | "malformed", layer? (who decides).
// A matrix stands for the product of its axes:
//   row: what all have in common; axes: lists of entries {name, tags?, set? (laid over the row),
//   "$x": what "$x" stands for in the row's texts and keys}; rules: {when: names and tags of
//   entries, expect, layer?, source?}, of which the first that fits counts.
#pragma once

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/json.hh"
#include "base/text.hh"
#include "base/value.hh"

namespace mainstay::policy {

inline std::string read_case_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

// `over` laid over `under`, objects member by member.
inline Value overlay(const Value& under, const Value& over) {
  if (!under.is_map() || !over.is_map()) return over;
  Value out = under;
  for (const auto& [name, value] : over.members()) out.set(name, overlay(under[name], value));
  return out;
}

// A table written as a matrix, made into rows.
class CaseMatrix {
 public:
  explicit CaseMatrix(const Value& file) : file_(file) {}

  List rows() {
    choose(0, file_["row"], "", {}, Value::map());
    return std::move(rows_);
  }

 private:
  void choose(size_t axis, const Value& row, const std::string& name,
              const std::set<std::string>& tags, const Value& variables) {
    if (axis == file_["axes"].size()) return finish(row, name, tags, variables);
    for (const Value& entry : file_["axes"].at(axis).items()) {
      std::set<std::string> more = tags;
      more.insert(entry["name"].as_string());
      for (const Value& tag : entry["tags"].items()) more.insert(tag.as_string());
      Value known = variables;
      for (const auto& [key, value] : entry.members())
        if (key.starts_with('$')) known.set(key, value);
      std::string both = name.empty() ? "" : name + ", ";
      choose(axis + 1, entry.has("set") ? overlay(row, entry["set"]) : row,
             both + entry["name"].as_string(), more, known);
    }
  }

  void finish(const Value& row, const std::string& name, const std::set<std::string>& tags,
              const Value& variables) {
    for (const Value& rule : file_["rules"].items()) {
      bool fits = true;
      for (const Value& tag : rule["when"].items()) fits = fits && tags.contains(tag.as_string());
      if (!fits) continue;
      Value out = substitute(row, variables);
      out.set("name", name).set("expect", rule["expect"]);
      for (const char* member : {"layer", "source"})
        if (rule.has(member)) out.set(member, rule[member]);
      rows_.push_back(std::move(out));
      return;
    }
    rows_.push_back(Value::map({{"name", name}, {"expect", "no rule of the matrix fits"}}));
  }

  static std::string substitute_text(std::string text, const Value& variables) {
    for (const auto& [key, value] : variables.members())
      text = replace_all(text, key, value.to_text());
    return text;
  }

  static Value substitute(const Value& v, const Value& variables) {
    if (v.is_string()) {
      if (const Value* whole = variables.find(v.as_string())) return *whole;
      return substitute_text(v.as_string(), variables);
    }
    Value out = v;
    if (v.is_list()) {
      out = Value::list();
      for (const Value& item : v.items()) out.push_back(substitute(item, variables));
    } else if (v.is_map()) {
      out = Value::map();
      for (const auto& [key, value] : v.members())
        out.set(substitute_text(key, variables), substitute(value, variables));
    }
    return out;
  }

  const Value& file_;
  List rows_;
};

inline List rows_of(const Value& file) {
  if (file.has("axes")) return CaseMatrix(file).rows();
  return file["cases"].items();
}

}  // namespace mainstay::policy
