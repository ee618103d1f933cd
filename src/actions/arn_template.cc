#include "actions/arn_template.hh"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hh"

namespace mainstay::actions {
namespace {

constexpr std::array<std::string_view, 4> with_slashes = {"WithPath", "ObjectName",
                                                          "WithoutLeadingSlash", "LogGroupName"};

struct Piece {
  std::string text;
  bool variable = false;
};

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> out;
  while (!text.empty()) {
    size_t open = text.find("${");
    if (open > 0) out.push_back({std::string(text.substr(0, open)), false});
    if (open == std::string_view::npos) break;
    size_t close = text.find('}', open);
    if (close == std::string_view::npos) close = text.size();
    out.push_back({std::string(text.substr(open + 2, close - open - 2)), true});
    text.remove_prefix(std::min(close + 1, text.size()));
  }
  return out;
}

}  // namespace

std::vector<std::string> fill(std::string_view arn_template, const Lookup& lookup,
                              size_t combinations_max) {
  std::vector<std::string> out = {""};
  for (const Piece& piece : pieces_of(arn_template)) {
    std::vector<std::string> values = {piece.text};
    if (piece.variable) values = lookup(piece.text);
    if (values.empty() || values.size() * out.size() > combinations_max) values = {"*"};
    std::vector<std::string> longer;
    longer.reserve(values.size() * out.size());
    for (const std::string& arn : out)
      for (const std::string& value : values) longer.push_back(arn + value);
    out = std::move(longer);
  }
  return out;
}

std::vector<std::string> variables_of(std::string_view arn_template) {
  std::vector<std::string> out;
  for (Piece& piece : pieces_of(arn_template))
    if (piece.variable) out.push_back(std::move(piece.text));
  return out;
}

bool fits(std::string_view arn_template, std::string_view arn) {
  std::string glob;
  bool slashes = false;
  for (const Piece& piece : pieces_of(arn_template)) {
    glob += piece.variable ? "*" : piece.text;
    slashes |= piece.variable && std::ranges::any_of(with_slashes, [&](std::string_view part) {
                 return piece.text.ends_with(part);
               });
  }
  return glob_match(glob, arn) &&
         (slashes || std::ranges::count(glob, '/') == std::ranges::count(arn, '/'));
}

}  // namespace mainstay::actions
