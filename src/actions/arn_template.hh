// ARN templates of the Service Authorization Reference, "arn:${Partition}:s3:::${BucketName}".
// Pure; threads: any.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::actions {

// Possible values of a template's variable; none where the request doesn't say.
using Lookup = std::function<std::vector<std::string>(std::string_view variable)>;

// Every combination of values; a variable without one is "*".
// Limit: combinations_max ARNs; a variable whose values would exceed it is "*" instead.
std::vector<std::string> fill(std::string_view arn_template, const Lookup& lookup,
                              size_t combinations_max = 10'000);

std::vector<std::string> variables_of(std::string_view arn_template);
// Whether an ARN is of the template's kind. Only names with a path, keys of objects and the like
// may have slashes within a variable.
bool fits(std::string_view arn_template, std::string_view arn);

}  // namespace mainstay::actions
