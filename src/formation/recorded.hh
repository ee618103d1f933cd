// Types that this cloud does not run: what Ref and Fn::GetAtt give of them, in AWS's forms.
//
// types/recorded.json has a form by type, from the "Return values" of the template reference:
// {"ref": pattern, "attributes": {name: pattern}}. Other types get what their schema lets guess.
// A pattern's ${a|b} is the first that there is of: a property (Name, Nested.Name; ":lower",
// ":tail" after its last slash, "/from/to/" with one text replaced, "?x=y,z=w" by what it begins
// with, the last where it is none of them); "name" as CloudFormation makes it up (":max",
// ":lower"); "uuid"; "hex:N", "HEX:N", "digits:N", "alnum:N", "ALNUM:N", "Alnum:N" (a digit before
// the colon makes another); "region", "account", "partition", "ref"; else the word itself.
#pragma once

#include <string>
#include <string_view>

#include "cfn/schema.hh"
#include "formation/naming.hh"

namespace mainstay::formation {

struct Recorded {
  const Whereabouts& where;
  const cfn::Schema& schema;
  const Value& properties;
};

std::string recorded_id(const Recorded& r);
// A value for each read-only property (names with dots), and for what the type's form has.
Value recorded_attributes(const Recorded& r, const std::string& physical_id);
Value recorded_attribute(const Recorded& r, std::string_view name, const std::string& physical_id);

}  // namespace mainstay::formation
