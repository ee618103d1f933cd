#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "services/sqs/handlers.hh"

namespace mainstay::sqs {
namespace {

// Four bytes of length, the highest first, and the text.
void append_sized(std::string& out, const std::string& text) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>(text.size() >> shift & 0xff);
  out += text;
}

}  // namespace

std::string digest_of_attributes(const Value& attributes) {
  std::vector<std::string> names;
  for (const auto& [name, attribute] : attributes.members()) names.push_back(name);
  std::sort(names.begin(), names.end());
  std::string out;
  for (const std::string& name : names) {
    const Value& attribute = attributes[name];
    const std::string& type = attribute["DataType"].as_string();
    bool binary = type.starts_with("Binary");
    append_sized(out, name);
    append_sized(out, type);
    out += static_cast<char>(binary ? 2 : 1);
    append_sized(out, attribute[binary ? "BinaryValue" : "StringValue"].as_bytes());
  }
  return hex_encode(md5(out));
}

}  // namespace mainstay::sqs
