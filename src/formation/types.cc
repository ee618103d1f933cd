#include "formation/types.hh"

#include <cstdio>
#include <cstdlib>

#include "base/json.hh"
#include "data/archive.hh"

extern "C" const char mainstay_formation_types_begin[];
extern "C" const char mainstay_formation_types_end[];

// types/*.json as one JSON list, taken in by the assembler as it is.
__asm__(
    ".section .rodata\n"
    ".global mainstay_formation_types_begin\n.global mainstay_formation_types_end\n"
    "mainstay_formation_types_begin:\n.incbin \"" MAINSTAY_FORMATION_TYPES
    "\"\n"
    "mainstay_formation_types_end:\n.byte 0\n.previous\n");

namespace mainstay::formation {

// Our own data: if it can't be read, the build is broken.
Types::Types() {
  std::string_view text(
      mainstay_formation_types_begin,
      static_cast<size_t>(mainstay_formation_types_end - mainstay_formation_types_begin));
  auto files = parse_json(text);
  if (!files.has_value()) {
    std::fprintf(stderr, "resource types: %s\n", files.error().to_string().c_str());
    std::abort();
  }
  for (const Value& file : files->items()) {
    for (const auto& [type, form] : file["recorded"].members()) forms_[type] = form;
    for (const auto& [type, spec] : file["types"].members()) {
      Value whole = spec;
      whole.set("service", file["service"]);
      if (spec.has("tagging")) whole.set("tag_steps", file["tagging"]);
      specs_[type] = {std::move(whole), file["macros"]};
    }
  }
}

const Types& Types::all() {
  static const Types types;
  return types;
}

const Value& Types::spec(std::string_view type) const {
  static const Value none;
  auto it = specs_.find(type);
  return it == specs_.end() ? none : it->second.spec;
}

const Value& Types::recorded(std::string_view type) const {
  static const Value none;
  auto it = forms_.find(type);
  return it == forms_.end() ? none : it->second;
}

std::vector<std::string> Types::with_spec() const {
  std::vector<std::string> out;
  for (const auto& [type, entry] : specs_) out.push_back(type);
  return out;
}

std::vector<std::string> Types::with_form() const {
  std::vector<std::string> out;
  for (const auto& [type, form] : forms_) out.push_back(type);
  return out;
}

const Value& Types::macros(std::string_view type) const {
  static const Value none;
  auto it = specs_.find(type);
  return it == specs_.end() ? none : it->second.macros;
}

const cfn::Schema* Types::schema(std::string_view type) const {
  if (is_custom(type)) type = "AWS::CloudFormation::CustomResource";
  std::lock_guard guard(mutex_);
  auto it = schemas_.find(type);
  if (it != schemas_.end()) return it->second.get();
  auto& kept = schemas_[std::string(type)];
  if (auto text = data::read("schemas/" + std::string(type)); text.has_value())
    if (auto schema = cfn::Schema::parse(*text); schema.has_value())
      kept = std::make_unique<const cfn::Schema>(std::move(*schema));
  return kept.get();
}

bool Types::is_custom(std::string_view type) {
  return type.starts_with("Custom::") || type == "AWS::CloudFormation::CustomResource";
}

bool Types::is_known(std::string_view type) {
  return is_custom(type) || data::has("schemas/" + std::string(type));
}

}  // namespace mainstay::formation
