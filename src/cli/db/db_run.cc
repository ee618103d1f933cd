#include "cli/db/db_run.hh"

#include <fmt/core.h>

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::cli {

void add_db_flags(CLI::App& command, DbFlags& flags) {
  CLI::Option* endpoint =
      command.add_option("--endpoint", flags.target.endpoint, "URL of anything that speaks AWS");
  command.add_option("-p,--profile", flags.target.profile, "A real account, by this AWS profile")
      ->excludes(endpoint);
  command.add_option("--account", flags.target.account, "A real account, and it must be this one")
      ->excludes(endpoint);
  command.add_option("-r,--region", flags.target.region, "The region where the databases are");
  command.add_option("--state", flags.target.state_directory, "Folder of the embedded cloud");
  command.add_option("--color", flags.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command.add_flag("--json", flags.json, "One JSON object a line on standard output");
}

DbRun::DbRun(const DbFlags& flags, std::string command)
    : flags_(flags),
      command_(std::move(command)),
      run_id_(hex_encode(secure_random(6))),
      signals_([this](int, int) { stopping_.request_stop(); }),
      style_(style_for(flags.colour, terminal_of(1, environment_), environment_)) {
  if (!flags.json) return;
  ndjson_ = std::make_unique<Ndjson>(*clock_, run_id_);
  ndjson_->hide(secrets_);
  ndjson_->add(stdout);
}

Status DbRun::open() {
  uint64_t seed = 0;
  std::string bytes = secure_random(sizeof seed);
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(&seed));
  TRY(target_, open_target(flags_.target,
                           {environment_, files_, clock_, stopping_.get_token(), seed, &secrets_}));
  if (ndjson_)
    ndjson_->line("target", Value::map({{"where", target_.where}, {"region", target_.region}}));
  else
    fmt::print(stderr, "{}\n", only_colours(target_.where));
  TRY(client_, target_.client(""));
  return {};
}

databases::LockOwner DbRun::owner() const {
  return {run_id_, user_name(), host_name(), process_space(), process_id()};
}

void DbRun::begin_work(const std::string& line) {
  auto folder = journal::journal_folder(environment_);
  if (!folder || target_.address.empty()) return;
  journal_ =
      std::make_unique<RunJournal>(RunJournal::Setup{files_, *clock_, secrets_, *folder, run_id_});
  journal_->begin(
      {command_, line, user_name(), host_name(), target_.where, "", "", MAINSTAY_VERSION});
}

void DbRun::worked(const std::string& what, const std::string& region, bool well,
                   const std::string& reason) {
  ++(well ? changed_ : failed_);
  if (!journal_) return;
  if (!well && errors_.size() < journal::errors_max) errors_.emplace_back("CopyFailed", reason);
  journal_->step({what, what, region, well ? stacks::StepState::done : stacks::StepState::failed,
                  reason, well});
}

Exit DbRun::end_work(Exit exit) {
  if (journal_) journal_->end({changed_, 0, failed_, 0, static_cast<int>(exit), 0, errors_});
  return exit;
}

Exit DbRun::fail(const Error& said) {
  Error error = secrets_.redacted(said);
  if (ndjson_)
    ndjson_->error(error);
  else
    fmt::print(stderr, "{}", error_text(error, files_, style_));
  return exit_of(error);
}

void DbRun::line(std::string_view type, Value members, const std::string& text) {
  if (ndjson_) return ndjson_->line(type, std::move(members));
  std::string shown = only_colours(secrets_.redacted_text(text));
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  std::fflush(stdout);
}

bool lock_owner_has_ended(const databases::LockOwner& owner) {
  return !owner.space.empty() && owner.space == process_space() && owner.process > 0 &&
         !process_is_there(owner.process);
}

Result<std::map<std::string, std::string>> pairs_of(const std::string& flag,
                                                    const std::vector<std::string>& words) {
  std::map<std::string, std::string> out;
  for (const std::string& word : words) {
    size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == word.size())
      return Error("UsageInvalid", flag + " " + word + " is not " + flag + " NAME=VALUE");
    if (!out.emplace(word.substr(0, equals), word.substr(equals + 1)).second)
      return Error("UsageInvalid", flag + " gives " + word.substr(0, equals) + " twice");
  }
  return out;
}

}  // namespace mainstay::cli
