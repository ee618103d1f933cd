// Names of stacks in AWS. A stack's name has letters, digits and dashes, starts with a letter, and
// has 128 characters at most (CloudFormation API reference, CreateStack, StackName).
#pragma once

#include <string>
#include <string_view>

namespace mainstay::stacks {

constexpr size_t stack_name_length_max = 128;

bool is_stack_name(std::string_view name);

// A namespace with what no stack's name may have left out or, within it, made a dash; letters keep
// their case and dots stay, since they only matter in the full name.
std::string clean_namespace(std::string_view name_space);

// As stacker builds it: the namespace in lower case with dots as dashes, the delimiter, the name.
// A name that already starts with them is left as it is.
std::string full_stack_name(std::string_view name_space, std::string_view delimiter,
                            std::string_view name);

}  // namespace mainstay::stacks
