// One JSON object a line on standard output, the version first; fields are only ever added.
// Threads: any; a line is written whole.
#pragma once

#include <cstdio>
#include <mutex>
#include <string>

#include "base/error.hh"
#include "base/value.hh"
#include "host/clock.hh"

namespace mainstay::cli {

class Ndjson {
 public:
  Ndjson(std::FILE* out, const Clock& clock, std::string run)
      : out_(out), clock_(clock), run_(std::move(run)) {}
  // {"type":type,"time":...,"run":...} and the members.
  void line(std::string_view type, Value members);
  void version();
  void error(const Error& error, const std::string& stack = "");

 private:
  std::FILE* out_;
  const Clock& clock_;
  std::string run_;
  std::mutex mutex_;
};

}  // namespace mainstay::cli
