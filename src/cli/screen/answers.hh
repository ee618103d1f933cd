// Where a command's answers go: text for people, or lines of JSON for programs; secrets in neither.
//
// Threads: one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/secrets.hh"
#include "cli/screen/exit_codes.hh"
#include "cli/screen/ndjson.hh"
#include "cli/screen/screen.hh"
#include "host/clock.hh"
#include "host/files.hh"
#include "host/surroundings.hh"

namespace mainstay::cli {

class Answers {
 public:
  Answers(const std::string& colour, bool json);

  Exit fail(const Error& error);
  // The same for people and for programs.
  void line(std::string_view type, Value members, const std::string& text);
  Exit done(std::string_view type, Value members, const std::string& text) {
    line(type, std::move(members), text);
    return Exit::ok;
  }
  // Where it goes, said before anything is done.
  void say_target(const std::string& where, const std::string& region);

  RealEnvironment& environment() { return environment_; }
  RealFiles& files() { return files_; }
  Secrets& secrets() { return secrets_; }
  const std::shared_ptr<RealClock>& clock() const { return clock_; }
  const Style& style() const { return style_; }
  const std::string& run_id() const { return run_id_; }

 private:
  RealEnvironment environment_;
  RealFiles files_;
  Secrets secrets_;
  std::shared_ptr<RealClock> clock_ = std::make_shared<RealClock>();
  Style style_;
  const std::string run_id_;
  std::unique_ptr<Ndjson> ndjson_;
};

}  // namespace mainstay::cli
