// The names under "AWS" in the Principal elements of a policy, changed in its text: a service keeps
// the unique ids of users and roles where a policy names them, and shows their names again
// (cloud/kept_policy.hh). All else of the text stays as it was written. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace mainstay::policy {

// json: a policy that parse() takes; of any other text what comes of it is unspecified, but safe.
std::string rename_principals(std::string_view json,
                              const std::function<std::string(std::string_view name)>& rename);

}  // namespace mainstay::policy
