#include "host/surroundings.hh"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace mainstay {

std::optional<std::string> RealEnvironment::get(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  if (!value) return std::nullopt;
  return value;
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

int64_t process_id() {
  return ::getpid();
}

}  // namespace mainstay
