#include "cli/chaos/chaos_run.hh"

#include <fmt/core.h>

#include "base/text.hh"

namespace mainstay::cli {
namespace {

// $MAINSTAY_CHAOS, else beside the other state of this user.
Result<std::string> journal_folder(const Environment& environment) {
  if (std::string given = environment.text("MAINSTAY_CHAOS"); !given.empty()) return given;
  std::string state = environment.text("XDG_STATE_HOME"), home = environment.text("HOME");
  if (state.starts_with('/')) return state + "/mainstay/chaos";
  if (home.starts_with('/')) return home + "/.local/state/mainstay/chaos";
  return Error("HomeMissing", "there is no place for the journal of attacks")
      .with_hint("set HOME or MAINSTAY_CHAOS");
}

}  // namespace

void add_chaos_flags(CLI::App& command, ChaosFlags& flags) {
  command.add_option("--color", flags.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command.add_flag("--json", flags.json, "One JSON object a line on standard output");
}

Status ChaosRun::open() {
  TRY(std::string folder, journal_folder(environment()));
  TRY(std::string socket, backings::DockerEngine::find_socket(environment()));
  engine_ = std::make_unique<backings::DockerEngine>(socket);
  CHECK_OK(engine_->version());
  journal_ = std::make_unique<chaos::AttackJournal>(files(), folder);
  attacker_ = std::make_unique<chaos::Attacker>(*engine_, *journal_, *clock());
  return {};
}

void ChaosRun::show(const chaos::Attack& attack) {
  std::string text = fmt::format("{}  {:<8} {}\n", attack.id, attack.kind, to_text(attack.status));
  for (const chaos::Target& target : attack.targets)
    text += fmt::format("  {:<32} {}{}\n", target.name, to_text(target.phase),
                        target.note.empty() ? "" : ": " + target.note);
  line("attack", attack.to_value(), text);
}

}  // namespace mainstay::cli
