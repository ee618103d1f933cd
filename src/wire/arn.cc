#include "wire/arn.hh"

#include <array>

#include "base/text.hh"

namespace mainstay::wire {
namespace {

constexpr size_t arn_bytes_max = 2048;
constexpr size_t shown_max = 80;

Error invalid(std::string_view text, std::string why) {
  return aws_error("InvalidArn", "\"" + printable(text.substr(0, shown_max)) +
                                     "\" is not an ARN: " + std::move(why) +
                                     "; right is arn:partition:service:region:account:resource");
}

}  // namespace

std::string_view Arn::resource_type() const {
  size_t end = resource.find_first_of("/:");
  return end == std::string::npos ? std::string_view() : std::string_view(resource).substr(0, end);
}

std::string_view Arn::resource_id() const {
  size_t end = resource.find_first_of("/:");
  return std::string_view(resource).substr(end == std::string::npos ? 0 : end + 1);
}

std::string Arn::to_string() const {
  return "arn:" + partition + ':' + service + ':' + region + ':' + account + ':' + resource;
}

Result<Arn> parse_arn(std::string_view text) {
  if (text.size() > arn_bytes_max) return invalid(text, "it is longer than 2048 bytes");
  if (!text.starts_with("arn:")) return invalid(text, "it does not begin with \"arn:\"");
  std::string_view rest = text.substr(4);
  std::array<std::string, 4> parts;
  for (std::string& part : parts) {
    size_t colon = rest.find(':');
    if (colon == std::string_view::npos) return invalid(text, "it has fewer than six parts");
    part = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  if (parts[0].empty()) return invalid(text, "it has no partition");
  if (parts[1].empty()) return invalid(text, "it has no service");
  if (rest.empty()) return invalid(text, "it has no resource");
  return Arn{std::move(parts[0]), std::move(parts[1]), std::move(parts[2]), std::move(parts[3]),
             std::string(rest)};
}

}  // namespace mainstay::wire
