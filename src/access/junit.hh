// Checks as JUnit's XML, which build servers show as tests: one test case a question. The form has
// no standard; this is what Jenkins's and GitLab's readers have in common (testsuites, testsuite,
// testcase with failure or error).
#pragma once

#include <string>
#include <vector>

#include "access/sarif.hh"

namespace mainstay::access {

struct CheckedCase {
  std::string file, question;
  std::vector<Finding> findings;  // none: passed; not proved: an error instead of a failure
};

std::string junit(const std::string& suite, const std::vector<CheckedCase>& cases);

}  // namespace mainstay::access
