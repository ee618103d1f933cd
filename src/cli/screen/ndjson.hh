// One JSON object a line, on standard output, into a file or both; the version first. Fields are
// only ever added; docs/schemas/ndjson.schema.json has them all. Threads: any; a line is written
// whole.
#pragma once

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.hh"
#include "base/secrets.hh"
#include "base/value.hh"
#include "host/clock.hh"

namespace mainstay::cli {

class Ndjson {
 public:
  Ndjson(const Clock& clock, std::string run) : clock_(clock), run_(std::move(run)) {}
  // What it prints from here on is without them. secrets must outlive it.
  void hide(const Secrets& secrets) { secrets_ = &secrets; }
  // Says the version there, and then every line. out must stay open.
  void add(std::FILE* out);
  // The same into a file, which is begun anew. Error "FileUnwritable".
  Status add_file(const std::string& path);
  // {"type":type,"time":...,"run":...} and the members.
  void line(std::string_view type, Value members);
  void error(const Error& error, const std::string& stack = "");

 private:
  const Secrets* secrets_ = nullptr;
  std::string text_of(std::string_view type, Value members) const;

  std::vector<std::FILE*> outs_;
  std::vector<std::unique_ptr<std::FILE, int (*)(std::FILE*)>> files_;
  const Clock& clock_;
  std::string run_;
  std::mutex mutex_;
};

}  // namespace mainstay::cli
