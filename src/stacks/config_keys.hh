// The keys that a configuration may have, as data.
#pragma once

#include <span>
#include <string_view>

#include "base/error.hh"
#include "cfn/document.hh"

namespace mainstay::stacks {

enum class KeyKind : uint8_t { text, boolean, texts, map, list, list_or_map, any };
enum class KeySupport : uint8_t {
  used,
  accepted,     // has nothing to say to us (log formats, caches, indentation)
  unsupported,  // refused where it holds anything
};

struct KeySpec {
  std::string_view key;
  KeyKind kind;
  KeySupport support = KeySupport::used;
};

std::span<const KeySpec> top_level_keys();
std::span<const KeySpec> stack_keys();
std::span<const KeySpec> target_keys();

// Every member of the map at path is known, supported and of the right kind; null counts as absent.
// spared(path) true lets an unknown key pass. Errors: "ConfigInvalid", "NotSupported".
Status check_keys(const cfn::Document& document, const cfn::Path& path, const Value& map,
                  std::span<const KeySpec> keys, std::string_view what,
                  const std::function<bool(const cfn::Path&)>& spared = nullptr);

}  // namespace mainstay::stacks
