#include "cli/screen/output.hh"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>

namespace mainstay::cli {
namespace {

std::mutex mutex;
std::string first_failure;

}  // namespace

void note_output_failure(std::string what) {
  std::scoped_lock lock(mutex);
  if (first_failure.empty()) first_failure = std::move(what);
}

Status check_output() {
  errno = 0;
  bool failed = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  std::string why = errno != 0 ? std::string(": ") + std::strerror(errno) : "";
  if (failed) note_output_failure("standard output can't be written" + why);
  std::scoped_lock lock(mutex);
  if (first_failure.empty()) return {};
  return Error("OutputFailed", first_failure)
      .with_hint("what the command was to do is done; only its result is not all written");
}

}  // namespace mainstay::cli
