#include "backings/local_functions.hh"

#include <filesystem>

#include "backings/runtime_program.hh"
#include "host/files.hh"

namespace mainstay::backings {

struct LocalFunctions::Place {
  RealProcesses processes;
  RealClock clock;
  RealEnvironment surroundings;
  std::unique_ptr<Scratch> scratch;
  std::unique_ptr<Packages> packages;
  std::unique_ptr<Workshop> workshop;
};

namespace {

FunctionOutcome not_run(Error error) {
  FunctionOutcome outcome;
  outcome.not_run = std::move(error);
  return outcome;
}

Status write_runtimes(const std::string& folder) {
  RealFiles files;
  CHECK_OK(files.write(folder + "/bootstrap.py", python_bootstrap()));
  return files.write(folder + "/bootstrap.mjs", node_bootstrap());
}

}  // namespace

LocalFunctions::LocalFunctions(FunctionLimits limits) : limits_(limits) {}

LocalFunctions::~LocalFunctions() {
  LocalFunctions::stop();
}

Status LocalFunctions::open() {
  if (place_) return {};
  auto place = std::make_unique<Place>();
  sweep(place->processes);
  TRY(place->scratch, Scratch::make(place->processes));
  CHECK_OK(write_runtimes(place->scratch->folder() + "/runtime"));
  place->packages =
      std::make_unique<Packages>(place->scratch->folder(), limits_.unpacked_bytes_max);
  place->workshop =
      std::make_unique<Workshop>(Workshop{place->processes, place->clock, place->surroundings,
                                          *place->scratch, *place->packages, limits_});
  place_ = std::move(place);
  return {};
}

void LocalFunctions::bury() {
  for (auto it = members_.begin(); it != members_.end();) {
    if (!it->environment->ended()) {
      ++it;
      continue;
    }
    it->thread.join();  // it has nothing left to do but to clean up
    it = members_.erase(it);
  }
}

// An environment that has waited longest goes, where there are as many as there may be.
bool LocalFunctions::make_room() {
  bury();
  if (members_.size() < limits_.environments_max) return true;
  auto oldest = members_.end();
  for (auto it = members_.begin(); it != members_.end(); ++it)
    if (it->environment->idle() &&
        (oldest == members_.end() || it->environment->used_ms() < oldest->environment->used_ms()))
      oldest = it;
  if (oldest == members_.end()) return false;
  oldest->environment->stop();
  oldest->thread.join();
  members_.erase(oldest);
  return true;
}

bool LocalFunctions::offer_warm(const FunctionSpec& spec, FunctionEvent& event, Done& done) {
  for (Member& member : members_)
    if (member.environment->spec().identity == spec.identity &&
        member.environment->offer(event, done))
      return true;
  return false;
}

void LocalFunctions::invoke(const FunctionSpec& spec, FunctionEvent event, Done done) {
  std::unique_lock lock(mutex_);
  std::optional<Error> refused;
  if (stopped_) refused = Error("FunctionsStopped", "the functions have been stopped");
  if (!refused)
    if (Status opened = open(); !opened) refused = opened.error();
  if (!refused && offer_warm(spec, event, done)) return;
  if (!refused && !make_room())
    refused = Error("FunctionsBusy", "all " + std::to_string(limits_.environments_max) +
                                         " execution environments are busy");
  if (refused) {
    lock.unlock();
    return done(not_run(std::move(*refused)));
  }
  Member member;
  member.environment = std::make_unique<ExecutionEnvironment>(*place_->workshop, spec, ++number_);
  (void)member.environment->offer(event, done);  // a new one takes it
  member.thread = std::thread([environment = member.environment.get()] { environment->run(); });
  members_.push_back(std::move(member));
}

void LocalFunctions::retire(const std::string& owner) {
  std::scoped_lock lock(mutex_);
  for (Member& member : members_)
    if (member.environment->spec().owner == owner) member.environment->retire();
}

void LocalFunctions::stop() {
  std::list<Member> members;
  {
    std::scoped_lock lock(mutex_);
    stopped_ = true;
    members.swap(members_);
  }
  for (Member& member : members) member.environment->stop();
  for (Member& member : members) member.thread.join();
}

}  // namespace mainstay::backings
