// Documents: YAML or JSON text read into a Value, with the place of every key and value.
//
// One reader serves CloudFormation templates and stack configurations; ParseOptions says which
// rules hold. Plain YAML scalars mean what YAML 1.1 and PyYAML's safe loader make of them (yes/no
// and on/off are booleans, 010 is octal, 1:30 is base 60), except that dates stay text.
// CloudFormation's short forms (!Ref, !GetAtt a.b, !Sub ...) become their long forms.
// Limits: size, depth and number of nodes, counted after aliases are expanded.
// Errors: code ValidationError with AWS's message for templates, ConfigInvalid for configurations;
// both with file, line and column. Pure and safe to call from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay::cfn {

// 1-based; 0 where unknown.
struct Place {
  uint32_t line = 0;
  uint32_t column = 0;
  bool operator==(const Place&) const = default;
};

// The places of a Value's parts, in its shape: a child for each item or member, in their order.
// Where a Value was made rather than read, children may be missing.
struct Places {
  Place key;  // of the member's name; the value's own where it has none
  Place value;
  std::vector<Places> children;
};

// Keys and indexes from the root: {"Resources", "Vpc", "Properties", "Tags", "0"}.
using Path = std::vector<std::string>;
std::string to_string(const Path& path);  // "/Resources/Vpc/Properties/Tags/0"

struct ParseOptions {
  size_t size_max = 0;  // bytes
  int depth_max = 0;
  size_t nodes_max = 0;
  bool is_template = false;  // AWS's error messages; no aliases, no merge keys, no nulls
  bool short_forms = false;  // !Ref and its kin

  // A template body: 1 MB, the most that CloudFormation takes from S3. (In a request the body may
  // have 51,200 bytes; that is for the request's model to refuse.)
  static ParseOptions for_template();
  // A configuration: 4 MiB, anchors, aliases and merge keys, no tags but YAML's own.
  static ParseOptions for_config();
};

struct Document {
  std::string file;
  Value root;
  Places places;

  // The place of the value at path, or of the nearest part above it that is known.
  Position at(const Path& path) const;
  // The same for the key at path.
  Position key_at(const Path& path) const;
  // Path with slashes: at("Resources/Vpc/Type").
  Position at(std::string_view path) const;

  const Places& find(const Path& path) const;
};

// JSON where the first character is '{' and YAML otherwise, as CloudFormation decides.
Result<Document> parse_document(std::string_view text, std::string_view file_name,
                                const ParseOptions& options);

}  // namespace mainstay::cfn
