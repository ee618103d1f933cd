// What every command about attacks needs: the engine, the journal of attacks, and where answers go.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "backings/docker_engine.hh"
#include "chaos/attacker.hh"
#include "cli/screen/answers.hh"

namespace mainstay::cli {

struct ChaosFlags {
  std::string colour = "auto";
  bool json = false;
};
void add_chaos_flags(CLI::App& command, ChaosFlags& flags);

class ChaosRun : public Answers {
 public:
  explicit ChaosRun(const ChaosFlags& flags) : Answers(flags.colour, flags.json) {}

  // Errors: "EngineMissing", "HomeMissing".
  Status open();
  chaos::Attacker& attacker() { return *attacker_; }
  chaos::AttackJournal& journal() { return *journal_; }
  backings::Containers& engine() { return *engine_; }
  void show(const chaos::Attack& attack);

 private:
  std::unique_ptr<backings::DockerEngine> engine_;
  std::unique_ptr<chaos::AttackJournal> journal_;
  std::unique_ptr<chaos::Attacker> attacker_;
};

}  // namespace mainstay::cli
