// Where applications are kept: parameters of Systems Manager in the account that they run in, so
// that everybody who may deploy sees the same.
//
//   /mainstay/apps/NAME                       the application (app.hh), JSON
//   /mainstay/apps/NAME/releases/000001       a release, JSON; never changed but for its status
//   /mainstay/apps/NAME/config/VAR/000001     a value of a variable, SecureString; never changed
//
// Two who release at once: the second one's parameter is there already, and it is told so. Errors:
// "AppMissing", "AppThere", "AppBusy", and AWS's. Limit: a release is 8 KB ("AppTooLarge").
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/app.hh"
#include "aws/client.hh"

namespace mainstay::apps {

class Shelf {
 public:
  explicit Shelf(std::shared_ptr<aws::Client> client) : client_(std::move(client)) {}

  Result<std::vector<App>> apps();
  Result<App> app(const std::string& name);
  Status add(const App& app);
  Status put(const App& app);
  // With all that is kept of it.
  Status remove(const App& app);

  Result<Release> release(const App& app, int64_t number);
  Result<std::vector<Release>> releases(const App& app);  // oldest first
  // Error "AppBusy": somebody else has taken this number.
  Status add(const App& app, const Release& release);
  Status put(const App& app, const Release& release);

  // Puts a value under the next number, which it gives.
  Result<int64_t> add_variable(const App& app, const std::string& name, const std::string& value);
  Result<std::string> variable(const App& app, const std::string& name, int64_t number);
  static std::string variable_parameter(const App& app, const std::string& name, int64_t number);

 private:
  Status put_parameter(const std::string& name, const std::string& text, const char* type,
                       bool over);
  Result<Value> get_json(const std::string& name);
  Result<List> below(const std::string& path, bool recursive);

  std::shared_ptr<aws::Client> client_;
};

}  // namespace mainstay::apps
