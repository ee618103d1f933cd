// The keys that a configuration may have, as data: what the parser checks, and what the published
// JSON Schema says.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "cfn/document.hh"

namespace mainstay::stacks {

enum class KeyKind : uint8_t { text, boolean, texts, map, list, list_or_map, any };
enum class KeySupport : uint8_t {
  used,
  accepted,  // has nothing to say to us (log formats, caches, indentation)
};

struct KeySpec {
  std::string_view key;
  KeyKind kind;
  std::string_view about;  // a line for people
  KeySupport support = KeySupport::used;
  std::string_view choice = "";  // the only value that it may have
};

std::span<const KeySpec> top_level_keys();
std::span<const KeySpec> stack_keys();
std::span<const KeySpec> target_keys();
std::span<const KeySpec> hook_keys();
std::span<const KeySpec> git_source_keys();
std::span<const KeySpec> s3_source_keys();
std::span<const KeySpec> local_source_keys();

// Of a list of scalars; empty for anything else.
std::vector<std::string> texts_of(const Value& list);

// The JSON Schema (2020-12) of a configuration, from these tables. Wherever something else than
// text is wanted, a text with a "$" passes, as the environment may fill it in; at the top, unknown
// keys pass, as they may hold anchors.
Value config_schema();

// Every member of the map at path is known, supported and of the right kind; null counts as absent.
// spared(path) true lets an unknown key pass. Errors: "ConfigInvalid", "NotSupported".
Status check_keys(const cfn::Document& document, const cfn::Path& path, const Value& map,
                  std::span<const KeySpec> keys, std::string_view what,
                  const std::function<bool(const cfn::Path&)>& spared = nullptr);

}  // namespace mainstay::stacks
