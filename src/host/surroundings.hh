// What the process finds around itself: environment variables and facts about its terminal. Read
// through an interface, so that tests say what is there.
#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>

namespace mainstay {

class Environment {
 public:
  virtual ~Environment() = default;
  // The variable, or nothing where it is unset. An empty value is a value.
  virtual std::optional<std::string> get(const std::string& name) const = 0;
  virtual std::map<std::string, std::string> all() const = 0;
  // The variable, or "".
  std::string text(const std::string& name) const { return get(name).value_or(""); }
};

class RealEnvironment : public Environment {
 public:
  std::optional<std::string> get(const std::string& name) const override;
  std::map<std::string, std::string> all() const override;
};

class SimulatedEnvironment : public Environment {
 public:
  SimulatedEnvironment() = default;
  explicit SimulatedEnvironment(std::map<std::string, std::string> v) : variables_(std::move(v)) {}
  std::optional<std::string> get(const std::string& name) const override;
  std::map<std::string, std::string> all() const override { return variables_; }

 private:
  std::map<std::string, std::string> variables_;
};

// A stream's terminal.
struct Terminal {
  bool interactive = false;  // a person is there, who sees cursor movements
  int width = 80;            // columns
  int height = 24;           // lines
};

// Of file descriptor 0, 1 or 2. TERM=dumb counts as not interactive.
Terminal terminal_of(int descriptor, const Environment& environment);

// A line from a terminal or pipe, without its end; nothing at the end of input, or once stopped.
// Limit: 4,096 bytes, the rest of the line is the next one. Nothing is read ahead.
std::optional<std::string> read_line(int descriptor, std::stop_token stop = {});

int64_t process_id();
// Whose process this is, and on which machine; "" where the system does not say.
std::string user_name();
std::string host_name();
// Names this boot of the machine and the space of process numbers that this process lives in:
// within one, a number means the same process to all. "" where that can't be told.
std::string process_space();
// In this space. True where it can't be told.
bool process_is_there(int64_t id);

}  // namespace mainstay
