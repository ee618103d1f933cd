#include "host/surroundings.hh"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>

#include "base/text.hh"
#include "host/descriptor.hh"

namespace mainstay {

std::optional<std::string> RealEnvironment::get(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  if (!value) return std::nullopt;
  return value;
}

std::map<std::string, std::string> RealEnvironment::all() const {
  std::map<std::string, std::string> found;
  for (char** at = environ; at && *at; ++at) {
    std::string_view one = *at;
    size_t equals = one.find('=');
    if (equals != std::string_view::npos && equals > 0)
      found.emplace(one.substr(0, equals), one.substr(equals + 1));
  }
  return found;
}

std::optional<std::string> SimulatedEnvironment::get(const std::string& name) const {
  auto it = variables_.find(name);
  if (it == variables_.end()) return std::nullopt;
  return it->second;
}

Terminal terminal_of(int descriptor, const Environment& environment) {
  Terminal terminal;
  terminal.interactive = ::isatty(descriptor) == 1 && environment.text("TERM") != "dumb";
  winsize size{};
  if (!terminal.interactive || ::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return terminal;
  if (size.ws_col > 0) terminal.width = size.ws_col;
  if (size.ws_row > 0) terminal.height = size.ws_row;
  return terminal;
}

std::optional<std::string> read_line(int descriptor, std::stop_token stop) {
  constexpr int look_every_ms = 50;
  constexpr size_t line_bytes_max = 4096;
  std::string line;
  while (!stop.stop_requested() && line.size() < line_bytes_max) {
    pollfd ready{descriptor, POLLIN, 0};
    int found = ::poll(&ready, 1, look_every_ms);
    if (found == 0 || (found < 0 && errno == EINTR)) continue;
    char c = 0;
    if (found < 0 || ::read(descriptor, &c, 1) != 1)
      return line.empty() ? std::nullopt : std::optional(line);
    if (c == '\n') return line;
    line += c;
  }
  return line.empty() ? std::nullopt : std::optional(line);
}

int64_t process_id() {
  return ::getpid();
}

std::string user_name() {
  passwd entry{}, *found = nullptr;
  constexpr size_t buffer_bytes = 16 * 1024;
  std::string buffer(buffer_bytes, '\0');
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || !found)
    return "";
  return found->pw_name;
}

std::string process_space() {
  char boot[64] = {}, space[64] = {};
  Descriptor file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  if (!file.open() || ::read(file.get(), boot, sizeof boot - 1) <= 0) return "";
  if (::readlink("/proc/self/ns/pid", space, sizeof space - 1) <= 0) return "";
  return std::string(trim(boot)) + " " + space;
}

bool process_is_there(int64_t id) {
  return ::kill(static_cast<pid_t>(id), 0) == 0 || errno != ESRCH;
}

std::string host_name() {
  char name[HOST_NAME_MAX + 1] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

}  // namespace mainstay
