#include "store/journal.hh"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <tuple>

#include "base/digest.hh"
#include "base/text.hh"
#include "store/disk.hh"

namespace mainstay::store {
namespace {

constexpr size_t head_size = 8;
constexpr size_t record_bytes_max = size_t{1} << 30;
constexpr size_t copy_bytes = size_t{1} << 20;
constexpr char payload_begins = '\x84';  // CBOR's list of four: every payload is one (record.hh)

uint32_t load32(const char* at) {
  uint32_t n;
  std::memcpy(&n, at, sizeof n);
  return n;
}

// A file mapped for reading, for the time of a replay.
struct Mapping {
  void* start = MAP_FAILED;
  size_t size = 0;
  Mapping(int file, size_t bytes) : size(bytes) {
    if (bytes > 0) start = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file, 0);
  }
  ~Mapping() {
    if (start != MAP_FAILED) ::munmap(start, size);
  }
  std::string_view text() const {
    return start == MAP_FAILED ? std::string_view()
                               : std::string_view(static_cast<const char*>(start), size);
  }
};

// Could the bytes at `at` be the beginning of a record, as far as there are any?
bool may_begin_record(std::string_view text, size_t at) {
  if (text.size() - at < head_size) return true;
  if (load32(text.data() + at) > record_bytes_max) return false;
  return text.size() - at == head_size || text[at + head_size] == payload_begins;
}

bool is_whole_record(std::string_view text, size_t at) {
  if (text.size() - at <= head_size || text[at + head_size] != payload_begins) return false;
  size_t length = load32(text.data() + at);
  return length <= text.size() - at - head_size &&
         crc32c(text.substr(at + head_size, length)) == load32(text.data() + at + 4);
}

// Why what stands at the end cannot be a record cut short; "" where it can. A flipped bit in a
// length looks like one, but for the records behind it.
std::string tail_fault(std::string_view text, size_t at) {
  if (!may_begin_record(text, at)) return "what stands there is no record";
  for (size_t later = at + 1; later < text.size(); ++later)
    if (is_whole_record(text, later))
      return "its length is wrong, as whole records stand behind it (at byte " +
             std::to_string(later) + ")";
  return "";
}

std::string first_line(int file) {
  char buffer[512];
  ssize_t n = ::pread(file, buffer, sizeof buffer, 0);
  return n <= 0 ? "" : printable(trim(std::string_view(buffer, static_cast<size_t>(n))));
}

Status write_owner(int file, const std::string& path, const std::string& owner) {
  std::string line = owner + "\n";
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, line.data(), line.size(), 0) < 0)
    return io_error("cannot write", path, "StateUnreadable");
  return {};
}

Result<int> take_lock(const std::string& directory, const std::string& owner) {
  std::string path = directory + "/lock";
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return io_error("cannot open", path, "StateUnreadable");
  Status taken;
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    std::string holder = first_line(file);
    taken = Error("StateLocked",
                  "the state in " + directory + " is in use by another mainstay" +
                      (holder.empty() ? "" : ": " + holder),
                  500)
                .with_hint("stop that process, talk to its endpoint, or give another --state");
  } else {
    taken = write_owner(file, path, owner);
  }
  if (taken.has_value()) return file;
  ::close(file);
  return taken.error();
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::string& directory,
                                               const std::string& owner, bool sync) {
  std::error_code code;
  std::filesystem::create_directories(directory, code);
  if (code)
    return Error("StateUnreadable", "cannot make " + directory + ": " + code.message(), 500);
  std::unique_ptr<Journal> journal(new Journal(directory, sync));
  TRY(journal->lock_, take_lock(directory, owner));
  journal->file_ = ::open(journal->path().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (journal->file_ < 0) return io_error("cannot open", journal->path(), "StateUnreadable");
  ::unlink(journal->new_path().c_str());  // of a rewrite that was cut short
  return journal;
}

Journal::~Journal() {
  if (file_ >= 0) ::close(file_);
  if (lock_ >= 0) ::close(lock_);
}

Result<size_t> Journal::replay(const std::function<Status(std::string_view)>& record) {
  struct stat info{};
  if (::fstat(file_, &info) != 0) return io_error("cannot read", path(), "StateUnreadable");
  Mapping mapping(file_, static_cast<size_t>(info.st_size));
  std::string_view text = mapping.text();
  if (text.size() != static_cast<size_t>(info.st_size))
    return io_error("cannot read", path(), "StateUnreadable");
  size_t at = 0;
  auto damaged = [&](const std::string& why) {
    return Error("StateUnreadable",
                 path() + " is damaged at byte " + std::to_string(at) + ": " + why, 500)
        .with_hint("restore it from a copy, or start with another --state");
  };
  while (text.size() - at >= head_size) {
    size_t length = load32(text.data() + at);
    if (length > text.size() - at - head_size) break;
    std::string_view payload = text.substr(at + head_size, length);
    bool last = at + head_size + length == text.size();
    bool intact = crc32c(payload) == load32(text.data() + at + 4);
    if (!intact && last) break;
    Status status = intact ? record(payload) : Error("StateUnreadable", "checksum does not match");
    if (!status.has_value()) return damaged(status.error().message);
    at += head_size + length;
  }
  size_t dropped = text.size() - at;
  std::string fault = dropped > 0 ? tail_fault(text, at) : "";
  if (!fault.empty()) return damaged(fault);
  if (dropped > 0 && ::ftruncate(file_, static_cast<off_t>(at)) != 0)
    return io_error("cannot shorten", path(), "StateUnreadable");
  size_ = at;
  return dropped;
}

Status Journal::append(std::string_view payload) {
  if (payload.size() > record_bytes_max)
    return Error("StateFull", "a change of more than 1 GiB cannot be journalled", 500);
  std::string frame(head_size, '\0');
  uint32_t length = static_cast<uint32_t>(payload.size()), check = crc32c(payload);
  std::memcpy(frame.data(), &length, 4);
  std::memcpy(frame.data() + 4, &check, 4);
  frame += payload;
  std::lock_guard guard(mutex_);
  Status written = write_all(file_, path(), frame, size_);
  if (written.has_value() && sync_) written = sync_to_disk();
  if (!written.has_value()) {
    // What was written of it must not stand in the middle of the file. Should this fail too, the
    // next append overwrites it all the same: it writes at size_.
    std::ignore = ::ftruncate(file_, static_cast<off_t>(size_));
    return written;
  }
  size_ += frame.size();
  return {};
}

// The file's content and, if need be, its name: a rename that a power cut takes back would take
// with it whatever was appended since.
Status Journal::sync_to_disk() {
  if (::fdatasync(file_) != 0) return io_error("cannot sync", path(), "StateFull");
  if (!named_on_disk_) CHECK_OK(sync_directory(directory_));
  named_on_disk_ = true;
  return {};
}

Status Journal::describe_owner(const std::string& owner) {
  return write_owner(lock_, directory_ + "/lock", owner);
}

Status Journal::rewrite(const std::function<Status(Journal&)>& write, const RewriteFault& fault) {
  Journal fresh(directory_, false);  // in the end it closes the old file, outside the lock
  fresh.file_ = ::open(new_path().c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fresh.file_ < 0) return io_error("cannot open", new_path(), "StateFull");
  Status filled = fill(fresh, write, fault ? fault : [](RewritePoint) { return Status(); });
  if (!filled.has_value()) ::unlink(new_path().c_str());
  return filled;
}

Status Journal::fill(Journal& fresh, const std::function<Status(Journal&)>& write,
                     const RewriteFault& fault) {
  size_t copied = size_;
  CHECK_OK(fault(RewritePoint::begun));
  CHECK_OK(write(fresh));
  CHECK_OK(copy_tail(fresh, copied));
  CHECK_OK(fault(RewritePoint::tail));
  if (::fdatasync(fresh.file_) != 0) return io_error("cannot sync", new_path(), "StateFull");
  CHECK_OK(copy_tail(fresh, copied));
  CHECK_OK(fault(RewritePoint::synced));
  {
    std::lock_guard guard(mutex_);
    CHECK_OK(copy_tail(fresh, copied));
    if (sync_ && ::fdatasync(fresh.file_) != 0)
      return io_error("cannot sync", new_path(), "StateFull");
    CHECK_OK(fault(RewritePoint::switching));
    if (::rename(new_path().c_str(), path().c_str()) != 0)
      return io_error("cannot replace", path(), "StateFull");
    std::swap(file_, fresh.file_);
    size_ = fresh.size_.load();
    named_on_disk_ = false;
    // Should this fail, the next append tries again, and fails with it.
    if (sync_) std::ignore = sync_to_disk();
    std::ignore = fault(RewritePoint::renamed);
  }
  if (!sync_) std::ignore = sync_directory(directory_);
  std::ignore = fault(RewritePoint::finished);
  return {};
}

// Copies what was appended since, up to the size that it has at the call: bytes below it never
// change.
Status Journal::copy_tail(Journal& fresh, size_t& copied) {
  std::string buffer;
  for (size_t end = size_; copied < end;) {
    buffer.resize(std::min(end - copied, copy_bytes));
    ssize_t n = ::pread(file_, buffer.data(), buffer.size(), static_cast<off_t>(copied));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return io_error("cannot read", path(), "StateFull");
    buffer.resize(static_cast<size_t>(n));
    CHECK_OK(write_all(fresh.file_, new_path(), buffer, fresh.size_));
    copied += buffer.size();
    fresh.size_ += buffer.size();
  }
  return {};
}

}  // namespace mainstay::store
