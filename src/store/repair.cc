#include "store/repair.hh"

#include "store/records.hh"

namespace mainstay::store {
namespace {

struct Opened {
  std::unique_ptr<FolderLock> lock;
  std::shared_ptr<File> file;
  std::unique_ptr<Contents> contents;
};

Result<Opened> open_journal(Disk& disk, const std::string& directory, const std::string& owner) {
  std::string path = directory + "/journal";
  if (!disk.exists(path))
    return Error("StateMissing", "there is no journal in " + directory)
        .with_hint("say which state with --state");
  Opened out;
  TRY(out.lock, disk.lock(directory, owner));
  TRY(out.file, disk.open(path, Disk::Open::keep));
  TRY(out.contents, out.file->contents());
  return out;
}

JournalFindings findings_of(std::string_view text) {
  Reading reading = read_records(text, [](std::string_view) { return Status(); });
  return {.damaged = reading.end == Reading::End::damaged,
          .torn = reading.end == Reading::End::torn,
          .why = reading.why,
          .bytes = text.size(),
          .intact_bytes = reading.intact,
          .changes = reading.records,
          .changes_after = reading.records_after};
}

}  // namespace

Result<JournalFindings> inspect_journal(Disk& disk, const std::string& directory,
                                        const std::string& owner) {
  TRY(Opened opened, open_journal(disk, directory, owner));
  return findings_of(opened.contents->text());
}

Result<std::string> repair_journal(Disk& disk, const std::string& directory,
                                   const std::string& owner) {
  TRY(Opened opened, open_journal(disk, directory, owner));
  JournalFindings found = findings_of(opened.contents->text());
  if (!found.damaged) return std::string();
  std::string kept = directory + "/journal.damaged";
  for (int n = 2; disk.exists(kept); ++n)
    kept = directory + "/journal.damaged-" + std::to_string(n);
  TRY(auto copy, disk.open(kept, Disk::Open::empty));
  CHECK_OK(copy->write(opened.contents->text(), 0));
  CHECK_OK(copy->sync());
  CHECK_OK(disk.sync_directory(directory));
  CHECK_OK(opened.file->truncate(found.intact_bytes));
  CHECK_OK(opened.file->sync());
  return kept;
}

}  // namespace mainstay::store
