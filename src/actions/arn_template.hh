// ARN templates of the Service Authorization Reference, "arn:${Partition}:s3:::${BucketName}".
// Immutable once made; threads: any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mainstay::actions {

class ArnTemplate {
 public:
  using Values = std::vector<std::string>;

  explicit ArnTemplate(std::string_view text);

  // In the order in which they stand.
  const std::vector<std::string>& variables() const { return variables_; }

  // Every combination of the variables' values, which are in the same order; a variable without
  // one is "*". Limit: combinations_max ARNs; a variable that would exceed it is "*" as well.
  Values fill(const std::vector<Values>& values, size_t combinations_max = 10'000) const;

  // Whether an ARN is of the template's kind. Only names with a path, keys of objects and the like
  // may have slashes within a variable.
  bool fits(std::string_view arn) const;

 private:
  std::vector<std::string> texts_;  // before, between and after the variables
  std::vector<std::string> variables_;
  std::string glob_;
  bool slashes_ = false;
};

// The same for a template that is not at hand.
bool fits(std::string_view arn_template, std::string_view arn);

}  // namespace mainstay::actions
