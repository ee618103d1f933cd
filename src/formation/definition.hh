// What a stack is made of: template, parameters and what else a request gives, as a document that
// is kept, and the same taken apart to work with.
//
// A definition's members: Body, Parameters (name to text, as given), Resolved (name to what Ref
// gives), Tags, Capabilities, NotificationARNs, RoleARN. Where transforms have run, Body is what
// they made (stage "Processed") and Original the text before; where they failed, TransformFailed
// says why, and there is neither Body nor Resolved.
#pragma once

#include <set>
#include <string>

#include "cfn/dependencies.hh"
#include "cfn/evaluate.hh"
#include "cfn/parameters.hh"
#include "formation/records.hh"

namespace mainstay::formation {

// Whoever asks the other services for zones, parameters and the like.
struct Asker {
  cloud::Cloud& cloud;
  cloud::Caller caller;
  std::string account, region;
  Call* call;  // whose unit is let go of while others are asked; null where there is none
};

// An environment for templates whose references to resources are not known yet.
cfn::Environment make_environment(const Asker& asker, const cfn::PseudoParameters& pseudo);

struct Prepared {
  cfn::Template tmpl;
  Map parameters;
  Map conditions;
  cfn::PseudoParameters pseudo;
  cfn::Dependencies dependencies;
};

cfn::PseudoParameters pseudo_parameters(const StackKey& key, const Value& definition);

// The template of a request: TemplateBody, TemplateURL, or the one before where the request says
// UsePreviousTemplate. Errors: ValidationError in AWS's words.
Result<std::string> template_of_request(Call& call, const Value& in, const Value& before);

// A new definition out of CreateStack's, UpdateStack's or CreateChangeSet's members. before: the
// definition as it stands, or null.
// parent_id: of the stack that it is nested in, which is woken where a macro has to be awaited.
// Error: not_yet() until its answer is there (transform.hh).
Result<Value> make_definition(Call& call, const Value& in, const StackKey& key, const Value& before,
                              const std::string& parent_id = "");

// Parsed, with conditions decided and resources in order. Errors: ValidationError; that of failed
// transforms.
Result<Prepared> prepare(const Asker& asker, const StackKey& key, const Value& definition);

// The resources that the template makes, by its conditions.
std::set<std::string> logical_ids(const Prepared& prepared);

// The members of a stack that come from its definition: Parameters (secrets masked), Tags, ...
void show_definition(Value& stack, const Prepared& prepared, const Value& definition);
// Of them those that the request gives, which are there even where transforms failed.
void show_request(Value& stack, const Value& definition);
List shown_parameters(const Prepared& prepared, const Value& definition);

Asker asker_of(Call& call);

}  // namespace mainstay::formation
