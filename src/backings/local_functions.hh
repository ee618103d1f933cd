// Functions as processes of this machine: a bounded pool of execution environments.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "backings/environment.hh"
#include "backings/function.hh"

namespace mainstay::backings {

class LocalFunctions : public Functions {
 public:
  explicit LocalFunctions(FunctionLimits limits = {});
  ~LocalFunctions() override;
  void invoke(const FunctionSpec& spec, FunctionEvent event, Done done) override;
  void retire(const std::string& owner) override;
  void stop() override;

 private:
  // What is needed from the first function on, and by nobody who has none.
  struct Place;
  struct Member {
    std::unique_ptr<ExecutionEnvironment> environment;
    std::thread thread;
  };
  Status open();
  void bury();  // with the mutex held: joins what has ended
  bool make_room();
  bool offer_warm(const FunctionSpec& spec, FunctionEvent& event, Done& done);

  const FunctionLimits limits_;
  std::mutex mutex_;
  std::unique_ptr<Place> place_;
  std::list<Member> members_;
  uint64_t number_ = 0;
  bool stopped_ = false;
};

}  // namespace mainstay::backings
