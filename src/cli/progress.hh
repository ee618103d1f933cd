// How a run looks while it goes on: live rows in a terminal, plain lines elsewhere, or NDJSON.
#pragma once

#include <memory>

#include "cli/ndjson.hh"
#include "cli/screen.hh"
#include "stacks/report.hh"

namespace mainstay::cli {

struct ProgressOptions {
  std::FILE* out = stderr;
  Style style;
  Terminal terminal;
  bool tail = false;  // show every event
  bool quiet = false;
  std::string next_command;  // what a failure suggests to run again
};

class Progress : public stacks::Reporter {
 public:
  // Rows and lines may still be waiting to be shown: finish shows them and stops the clockwork.
  virtual void finish() = 0;
  // While a person is asked something, nothing is drawn over the question.
  virtual void hold(bool) {}
};

// Steps that stand still for long are named every 30 seconds.
std::unique_ptr<Progress> plain_progress(ProgressOptions options, Clock& clock, const Files& files);
// A row for each running stack, redrawn ten times a second at most.
std::unique_ptr<Progress> live_progress(ProgressOptions options, Clock& clock, const Files& files);
std::unique_ptr<Progress> json_progress(std::shared_ptr<Ndjson> out);

// The screen that says why a stack failed.
std::string failure_text(const std::string& stack, const Error& error,
                         const std::optional<stacks::Failure>& failure, const Files& files,
                         const Style& style);

}  // namespace mainstay::cli
