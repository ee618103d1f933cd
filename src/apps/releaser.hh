// Makes releases: a new one from the one that is deployed, shown to CloudFormation, waited for.
//
// Errors: "NoRoom" (what finds no place, before anything is changed), "AppBusy" (another release is
// under way), "ReleaseFailed" (rolled back by CloudFormation; why), those of Shelf and of AWS.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "apps/app.hh"
#include "apps/shelf.hh"
#include "aws/client.hh"
#include "host/clock.hh"

namespace mainstay::apps {

struct ReleaserOptions {
  std::shared_ptr<aws::Client> client;
  std::shared_ptr<Clock> clock;
  std::string user;
  bool anyway = false;                          // also where not all finds a place
  std::function<void(const std::string&)> say;  // what goes on
};

class Releaser {
 public:
  explicit Releaser(ReleaserOptions options)
      : options_(std::move(options)), shelf_(options_.client) {}

  Shelf& shelf() { return shelf_; }
  // The release that is deployed, nothing where there is none.
  Result<std::optional<Release>> deployed(const App& app);
  // change: makes the new release out of the deployed one.
  using Change = std::function<Status(Release&)>;
  Result<Release> release(App& app, const std::string& description, const Change& change);
  // Stack and all that is kept.
  Status destroy(const App& app);
  // Runs a command once as a process of the deployed release, with its role; the exit code.
  struct Once {
    std::string process;
    std::vector<std::string> command;
    bool detached = false;
  };
  struct Ran {
    std::string task;
    std::optional<int> exit_code;  // nothing where it is not waited for
    std::string reason;
  };
  Result<Ran> run(const App& app, const Once& once);

 private:
  Status check_room(const App& app, const Release& release, const Release* before);
  Status deploy(const App& app, const Release& release);
  Result<std::string> stack_status(const App& app);
  Result<std::string> settle(const App& app);
  std::string why_failed(const App& app);
  Result<std::string> definition_arn(const App& app, const std::string& process);

  ReleaserOptions options_;
  Shelf shelf_;
};

}  // namespace mainstay::apps
