#include "cli/db/db_run.hh"

#include "host/surroundings.hh"

namespace mainstay::cli {

DbRun::DbRun(const DbFlags& flags, std::string command)
    : ClientRun(flags),
      command_(std::move(command)),
      signals_([this](int, int) { stopping_.request_stop(); }) {}

Status DbRun::open() {
  TRY(client_, open_client(stopping_.get_token()));
  return {};
}

databases::LockOwner DbRun::owner() const {
  return {run_id(), user_name(), host_name(), process_space(), process_id()};
}

void DbRun::begin_work(const std::string& line) {
  auto folder = journal::journal_folder(environment());
  if (!folder || target().address.empty()) return;
  journal_ = std::make_unique<RunJournal>(
      RunJournal::Setup{files(), *clock(), secrets(), *folder, run_id()});
  journal_->begin(
      {command_, line, user_name(), host_name(), target().where, "", "", MAINSTAY_VERSION});
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
