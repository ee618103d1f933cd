#include "actions/arn_template.hh"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hh"

namespace mainstay::actions {
namespace {

constexpr std::array<std::string_view, 4> with_slashes = {"WithPath", "ObjectName",
                                                          "WithoutLeadingSlash", "LogGroupName"};

bool may_have_slashes(std::string_view variable) {
  return std::ranges::any_of(with_slashes,
                             [&](std::string_view end) { return variable.ends_with(end); });
}

// Each ARN so far with each of the values.
void append_each(std::vector<std::string>& arns, const std::vector<std::string>& values) {
  if (values.size() == 1) {
    for (std::string& arn : arns) arn += values[0];
    return;
  }
  std::vector<std::string> longer;
  longer.reserve(arns.size() * values.size());
  for (const std::string& arn : arns)
    for (const std::string& value : values) longer.push_back(arn + value);
  arns = std::move(longer);
}

}  // namespace

ArnTemplate::ArnTemplate(std::string_view text) {
  while (true) {
    size_t open = text.find("${");
    texts_.emplace_back(text.substr(0, open));
    glob_ += texts_.back();
    if (open == std::string_view::npos) break;
    size_t close = std::min(text.find('}', open), text.size());
    variables_.emplace_back(text.substr(open + 2, close - open - 2));
    glob_ += '*';
    slashes_ |= may_have_slashes(variables_.back());
    text.remove_prefix(std::min(close + 1, text.size()));
  }
}

ArnTemplate::Values ArnTemplate::fill(const std::vector<Values>& values,
                                      size_t combinations_max) const {
  static const Values anything = {"*"};
  Values out = {texts_[0]};
  for (size_t i = 0; i < variables_.size(); ++i) {
    bool usable = !values[i].empty() && values[i].size() * out.size() <= combinations_max;
    append_each(out, usable ? values[i] : anything);
    for (std::string& arn : out) arn += texts_[i + 1];
  }
  return out;
}

bool ArnTemplate::fits(std::string_view arn) const {
  return glob_match(glob_, arn) &&
         (slashes_ || std::ranges::count(glob_, '/') == std::ranges::count(arn, '/'));
}

bool fits(std::string_view arn_template, std::string_view arn) {
  return ArnTemplate(arn_template).fits(arn);
}

}  // namespace mainstay::actions
