#include "backings/scratch.hh"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/text.hh"
#include "host/files.hh"
#include "host/surroundings.hh"

namespace mainstay::backings {
namespace {

constexpr std::string_view folder_prefix = "mainstay-functions-";

std::string write_id(const ProcessId& id) {
  return std::to_string(id.pid) + ":" + std::to_string(id.start);
}

// Of "PID:START" or "PID:START:…".
std::optional<ProcessId> read_id(std::string_view text) {
  auto parts = split(text, ":");
  if (parts.size() < 2) return std::nullopt;
  auto pid = parse_int(parts[0]), start = parse_int(parts[1]);
  if (!pid || !start) return std::nullopt;
  return ProcessId{*pid, static_cast<uint64_t>(*start)};
}

bool is_living(Processes& processes, const ProcessId& id) {
  return processes.adopt(id).has_value();
}

// Only our user's: another's of that name is none of our business.
bool is_ours(const std::string& path) {
  struct stat facts;
  return ::lstat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) &&
         facts.st_uid == ::geteuid();
}

void remove_folder(const std::string& path) {
  std::error_code ignored;  // what stays is tried again by the next run
  std::filesystem::remove_all(path, ignored);
}

std::string temporary_folder() {
  std::error_code error;
  auto path = std::filesystem::temp_directory_path(error);
  return error ? "/tmp" : path.string();
}

}  // namespace

Result<std::unique_ptr<Scratch>> Scratch::make(Processes& processes) {
  TRY(ProcessId self, processes.self());
  std::string folder = temporary_folder() + "/" + std::string(folder_prefix) +
                       replace_all(write_id(self), ":", "-") +
                       "-XXXXXX";  // no colon: it goes into PATH
  if (!::mkdtemp(folder.data()))
    return Error("FileUnwritable", folder + ": " + std::strerror(errno));
  return std::unique_ptr<Scratch>(new Scratch(std::move(folder), self));
}

Scratch::~Scratch() {
  remove_folder(folder_);
}

std::string Scratch::mark(const std::string& owner) const {
  return write_id(self_) + ":" + owner;
}

size_t sweep(Processes& processes) {
  size_t ended = 0;
  for (const Processes::Found& found : processes.find_marked(mark_variable)) {
    auto owner = read_id(found.value);
    if (!owner || is_living(processes, *owner)) continue;
    auto left = processes.adopt(found.id);
    if (left && (*left)->kill(SIGKILL)) ++ended;
  }
  std::string folder = temporary_folder();
  auto names = RealFiles().list(folder);
  if (!names) return ended;
  for (const std::string& name : *names) {
    if (!name.starts_with(folder_prefix)) continue;
    auto owner =
        read_id(replace_all(std::string_view(name).substr(folder_prefix.size()), "-", ":"));
    std::string path = folder + "/" + name;
    if (owner && is_ours(path) && !is_living(processes, *owner)) remove_folder(path);
  }
  return ended;
}

}  // namespace mainstay::backings
