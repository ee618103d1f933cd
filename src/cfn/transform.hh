// Transforms: what is made of a template before it is one (user guide, "Template macros"). Which a
// template asks for, in which order, and what AWS::LanguageExtensions makes of it. Who runs macros
// and fetches snippets is told by the caller. Pure.
//
// Errors: ValidationError in AWS's words for what does not have the form of a transform.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cfn/template.hh"

namespace mainstay::cfn {

inline constexpr std::string_view language_extensions = "AWS::LanguageExtensions";

struct TransformCall {
  std::string name;
  Value parameters;  // of an Fn::Transform, or a map in the Transform section; null where none
};

// The Transform section's, in order.
Result<std::vector<TransformCall>> template_transforms(const Value& root);
// Whether anything is to be run: a Transform section, or an Fn::Transform anywhere.
bool has_transform(const Value& root);

// What a template says that can be read before its transforms have run: parameters, description,
// metadata, mappings, the transforms' names, and resources with their types as they stand.
// References are not looked at.
Result<Template> read_declarations(Document document);

// One transform on one piece of the template: the whole, without its Transform section, or what
// stands beside an Fn::Transform. Its answer takes the piece's place.
using RunTransform = std::function<Result<Value>(const TransformCall& call, const Value& fragment)>;

// All of them: the most deeply nested first, then outward, those of the Transform section last,
// and in the order listed where several stand at one place ("Macro evaluation order").
Result<Value> run_transforms(const Value& root, const RunTransform& run);

// Fn::ForEach unrolled, and the other functions of AWS::LanguageExtensions replaced by what they
// give where that is known before deployment and no secret. parameters: from resolve_parameters.
Result<Value> extend_language(const Value& root, const TemplateInputs& inputs,
                              const Map& parameters);

}  // namespace mainstay::cfn
