#include "stacks/template_place.hh"

#include <algorithm>

#include "base/text.hh"
#include "cfn/template.hh"

namespace mainstay::stacks {
namespace {

// "Template format error: Unrecognized resource types: [AWS::A::B, AWS::C::D]"
std::vector<std::string> unrecognized_types(const std::string& message) {
  constexpr std::string_view begin = "Unrecognized resource types: [";
  size_t from = message.find(begin);
  if (from == std::string::npos) return {};
  from += begin.size();
  return split(message.substr(from, message.find(']', from) - from), ", ");
}

}  // namespace

Position place_of_refusal(const Error& refusal, const cfn::Document& document) {
  if (refusal.code != "ValidationError") return {};
  cfn::TemplateInputs inputs;
  inputs.is_known_type = [unknown = unrecognized_types(refusal.message)](std::string_view type) {
    return std::ranges::find(unknown, type) == unknown.end();
  };
  auto read = cfn::parse_template(document, inputs);
  bool same = !read && refusal.message.contains(read.error().message);
  return same ? read.error().at : Position();
}

}  // namespace mainstay::stacks
