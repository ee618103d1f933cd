// What every command about attacks needs: the engine, the journal of attacks, and where answers go.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "backings/docker_engine.hh"
#include "chaos/attacker.hh"
#include "cli/screen/exit_codes.hh"
#include "cli/screen/ndjson.hh"
#include "cli/screen/screen.hh"
#include "host/clock.hh"
#include "host/files.hh"
#include "host/surroundings.hh"

namespace mainstay::cli {

struct ChaosFlags {
  std::string colour = "auto";
  bool json = false;
};
void add_chaos_flags(CLI::App& command, ChaosFlags& flags);

class ChaosRun {
 public:
  explicit ChaosRun(const ChaosFlags& flags);

  // Errors: "EngineMissing", "HomeMissing".
  Status open();
  chaos::Attacker& attacker() { return *attacker_; }
  chaos::AttackJournal& journal() { return *journal_; }
  backings::Containers& engine() { return *engine_; }
  RealEnvironment& environment() { return environment_; }
  RealClock& clock() { return *clock_; }

  Exit fail(const Error& error);
  void line(std::string_view type, Value members, const std::string& text);
  void show(const chaos::Attack& attack);

 private:
  RealEnvironment environment_;
  RealFiles files_;
  std::shared_ptr<RealClock> clock_ = std::make_shared<RealClock>();
  Style style_;
  std::unique_ptr<Ndjson> ndjson_;
  std::unique_ptr<backings::DockerEngine> engine_;
  std::unique_ptr<chaos::AttackJournal> journal_;
  std::unique_ptr<chaos::Attacker> attacker_;
};

}  // namespace mainstay::cli
