#include "store/journal.hh"

#include <tuple>

#include "base/digest.hh"
#include "store/records.hh"

namespace mainstay::store {
namespace {

constexpr size_t copy_bytes = size_t{1} << 20;

uint64_t fresh_number() {
  std::string bytes = secure_random(8);
  uint64_t n = 1;  // 0 is what has no head
  for (char c : bytes) n = n << 7 ^ static_cast<unsigned char>(c);
  return n | 1;
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(Disk& disk, const std::string& directory,
                                               const std::string& owner, bool sync) {
  CHECK_OK(disk.make_directory(directory));
  std::unique_ptr<Journal> journal(new Journal(disk, directory, sync));
  TRY(journal->lock_, disk.lock(directory, owner));
  TRY(journal->file_, disk.open(journal->path(), Disk::Open::keep));
  disk.remove(journal->new_path());  // of a rewrite that was cut short
  return journal;
}

Journal::~Journal() {
  if (file_ && lock_ && to_come_.size() > 0 && size_ > 0)
    std::ignore = file_->write(to_come_, size_);
}

Result<Replayed> Journal::replay(const std::function<Status(std::string_view)>& record,
                                 const std::function<void()>& end) {
  TRY(std::unique_ptr<Contents> contents, file_->contents());
  std::string_view text = contents->text();
  Reading reading = read_records(text, record);
  if (reading.end == Reading::End::damaged)
    return Error("StateUnreadable",
                 path() + " is damaged at byte " + std::to_string(reading.intact) + ": " +
                     reading.why,
                 500)
        .with_hint("`mainstay cloud repair` says what can be saved; or restore it from a copy");
  end();
  Replayed out;
  if (reading.end == Reading::End::torn) {
    out = {text.size() - reading.intact, reading.records_after};
    CHECK_OK(drop_end(text, reading.intact, reading.records_after > 0));
  }
  size_ = reading.intact;
  file_number_ = reading.file_number;
  if (size_ == 0) begin_file();
  return out;
}

// The shortened file is synced: else another power cut could bring parts of the old end back among
// what is appended now.
Status Journal::drop_end(std::string_view text, size_t from, bool keep) {
  if (keep) {
    TRY(auto kept, disk_.open(dropped_path(), Disk::Open::empty));
    CHECK_OK(kept->write(text.substr(from), 0));
    CHECK_OK(kept->sync());
  }
  CHECK_OK(file_->truncate(from));
  return file_->sync();
}

void Journal::begin_file() {
  file_number_ = fresh_number();
  to_come_ = head_record(file_number_);
}

// At the end of the file. What was written of it where that fails must not stand in the middle of
// the file. Should shortening it fail too, the next write overwrites it all the same.
Status Journal::write(std::string_view bytes) {
  Status written = file_->write(bytes, size_);
  if (!written.has_value()) {
    std::ignore = file_->truncate(size_);
    std::ignore = file_->sync();
    return written;
  }
  size_ += bytes.size();
  appended_ += bytes.size();
  return {};
}

Result<uint64_t> Journal::append(std::string_view payload) {
  if (payload.size() > record_bytes_max)
    return Error("StateFull", "a change of more than 1 GiB cannot be journalled", 500);
  std::string frame = framed(payload);
  std::lock_guard guard(mutex_);
  if (sync_) {
    std::lock_guard syncs(sync_mutex_);
    CHECK_OK(sync_failure_);
  }
  CHECK_OK(write(to_come_.empty() ? frame : to_come_ + frame));
  to_come_.clear();
  return appended_;
}

Status Journal::wait(uint64_t position) {
  if (!sync_) return {};
  std::unique_lock lock(sync_mutex_);
  while (durable_ < position && sync_failure_.has_value()) {
    if (syncing_) {
      synced_.wait(lock);
      continue;
    }
    syncing_ = true;
    lock.unlock();
    Status done = sync_appended();
    lock.lock();
    syncing_ = false;
    if (!done.has_value()) sync_failure_ = done;
    synced_.notify_all();
  }
  return durable_ >= position ? Status() : sync_failure_;
}

Status Journal::sync_appended() {
  std::shared_ptr<File> file;
  uint64_t position;
  size_t size;
  bool named;
  {
    std::lock_guard guard(mutex_);
    file = file_;
    position = appended_;
    size = size_;
    named = named_on_disk_;
  }
  CHECK_OK(sync_file(file, named));
  std::lock_guard guard(mutex_);
  if (file == file_) {
    named_on_disk_ = true;
    to_come_ = mark_record(file_number_, size);
  }
  std::lock_guard syncs(sync_mutex_);
  durable_ = std::max(durable_, position);
  return {};
}

// The file's content and, if need be, its name: a rename that a power cut takes back would take
// with it whatever was appended since.
Status Journal::sync_file(const std::shared_ptr<File>& file, bool named) {
  CHECK_OK(file->sync());
  return named ? Status() : disk_.sync_directory(directory_);
}

Status Journal::rewrite(const std::function<Status(Journal&)>& write, const RewriteFault& fault) {
  Journal fresh(disk_, directory_, false);  // in the end it closes the old file, outside the lock
  TRY(fresh.file_, disk_.open(new_path(), Disk::Open::empty));
  fresh.begin_file();
  Status filled = fill(fresh, write, fault ? fault : [](RewritePoint) { return Status(); });
  if (!filled.has_value()) disk_.remove(new_path());
  return filled;
}

// Everything up to the last document that was read is synced before the rename, also without
// `sync`: documents are read at different moments, and only the records up to then make them one.
Status Journal::fill(Journal& fresh, const std::function<Status(Journal&)>& write,
                     const RewriteFault& fault) {
  size_t copied = size_;
  CHECK_OK(fault(RewritePoint::begun));
  CHECK_OK(fresh.write(std::exchange(fresh.to_come_, "")));
  CHECK_OK(write(fresh));
  CHECK_OK(copy_tail(fresh, copied));
  CHECK_OK(fault(RewritePoint::tail));
  CHECK_OK(fresh.file_->sync());
  CHECK_OK(fresh.write(mark_record(fresh.file_number_, fresh.size_)));
  CHECK_OK(copy_tail(fresh, copied));
  CHECK_OK(fault(RewritePoint::synced));
  CHECK_OK(switch_to(fresh, copied, fault));
  if (!sync_) std::ignore = disk_.sync_directory(directory_);
  std::ignore = fault(RewritePoint::finished);
  return {};
}

Status Journal::switch_to(Journal& fresh, size_t& copied, const RewriteFault& fault) {
  std::lock_guard guard(mutex_);
  CHECK_OK(copy_tail(fresh, copied));
  if (sync_) CHECK_OK(fresh.file_->sync());
  CHECK_OK(fault(RewritePoint::switching));
  CHECK_OK(disk_.rename(new_path(), path()));
  std::swap(file_, fresh.file_);
  size_ = fresh.size_.load();
  file_number_ = fresh.file_number_;
  to_come_.clear();
  // Should this fail, whoever waits next tries again, and fails with it.
  named_on_disk_ = sync_ && disk_.sync_directory(directory_).has_value();
  if (named_on_disk_) {
    to_come_ = mark_record(file_number_, size_);
    std::lock_guard syncs(sync_mutex_);
    durable_ = appended_;
    sync_failure_ = Status();
  }
  std::ignore = fault(RewritePoint::renamed);
  return {};
}

// Copies what was appended since, up to the size that it has at the call: bytes below it never
// change. Marks among it are of the old file's number, and say nothing of the new one.
Status Journal::copy_tail(Journal& fresh, size_t& copied) {
  for (size_t end = size_; copied < end;) {
    TRY(std::string bytes, file_->read(copied, std::min(end - copied, copy_bytes)));
    if (bytes.empty()) return Error("StateFull", "cannot read " + path() + ": it is shorter", 500);
    CHECK_OK(fresh.write(bytes));
    copied += bytes.size();
  }
  return {};
}

}  // namespace mainstay::store
