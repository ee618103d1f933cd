// What commands that speak with one target have in common: its flags, its client, and where their
// answers go.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/screen/answers.hh"
#include "cli/target/target.hh"

namespace mainstay::cli {

struct ClientFlags {
  TargetOptions target;
  std::string colour = "auto";
  bool json = false;
};
void add_client_flags(CLI::App& command, ClientFlags& flags);

class ClientRun : public Answers {
 public:
  explicit ClientRun(const ClientFlags& flags) : Answers(flags.colour, flags.json), flags_(flags) {}

  // Opens the target, and says which. Errors: see open_target.
  Result<std::shared_ptr<aws::Client>> open_client(std::stop_token stop = {});
  const Target& target() const { return target_; }

 private:
  const ClientFlags& flags_;
  Target target_;
};

}  // namespace mainstay::cli
