// The filters of GetParametersByPath and DescribeParameters (API reference,
// ParameterStringFilter).
#pragma once

#include "services/ssm/parameter.hh"

namespace mainstay::ssm {

// Errors InvalidFilterKey, InvalidFilterOption: the keys are those of the operation.
Status check_filters(const Value& filters, const std::vector<std::string>& keys);
// Does a parameter's metadata pass every filter?
bool passes(Call& call, const Value& parameter, const Value& filters);
// Is name below path, and directly so unless recursive?
bool is_below(std::string_view name, std::string_view path, bool recursive);

}  // namespace mainstay::ssm
