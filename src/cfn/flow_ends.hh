// What PyYAML and AWS read and the letter does not: in YAML a closing bracket of a flow collection
// at the indentation of its key, or before it; in JSON a comma after the last member. Pure.
#pragma once

#include <string>
#include <string_view>

namespace mainstay::cfn {

// The text with such lines moved to the right, "" where there are none. Nothing else is changed:
// not what stands in block scalars, quotes and comments.
std::string with_flow_ends_indented(std::string_view text);

// JSON with a space in the place of every such comma, "" where there are none.
std::string without_last_commas(std::string_view text);

}  // namespace mainstay::cfn
