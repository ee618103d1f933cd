#include "backings/output_file.hh"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace mainstay::backings {
namespace {

uint64_t size_of(const Descriptor& file) {
  struct stat facts;
  return ::fstat(file.get(), &facts) == 0 ? static_cast<uint64_t>(facts.st_size) : 0;
}

}  // namespace

Result<OutputFile> OutputFile::make(std::string path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.open()) return Error("FileUnwritable", path + ": " + std::strerror(errno));
  return OutputFile(std::move(path), std::move(file));
}

std::string OutputFile::take(size_t bytes_max) {
  constexpr uint64_t kept_bytes_max = 4 << 20;
  uint64_t size = size_of(file_);
  uint64_t fresh = size > offset_ ? size - offset_ : 0;
  std::string text(static_cast<size_t>(std::min<uint64_t>(fresh, bytes_max)), '\0');
  ssize_t n = ::pread(file_.get(), text.data(), text.size(), static_cast<off_t>(offset_));
  text.resize(n > 0 ? static_cast<size_t>(n) : 0);
  lost_ += fresh - text.size();
  offset_ = size;
  if (lost_ > 0) text += "\n[" + std::to_string(lost_) + " more bytes are not kept]\n";
  lost_ = 0;
  if (size > kept_bytes_max && ::ftruncate(file_.get(), 0) == 0) offset_ = 0;
  return text;
}

void OutputFile::bound(uint64_t bytes_max) {
  uint64_t size = size_of(file_);
  if (size <= bytes_max || ::ftruncate(file_.get(), 0) != 0) return;
  lost_ += size > offset_ ? size - offset_ : 0;
  offset_ = 0;
}

}  // namespace mainstay::backings
