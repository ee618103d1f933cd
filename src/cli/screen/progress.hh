// How a run looks while it goes on: live rows in a terminal, plain lines elsewhere, or NDJSON.
#pragma once

#include <memory>

#include "cli/screen/failure_text.hh"
#include "cli/screen/ndjson.hh"
#include "cli/screen/progress_rows.hh"
#include "cli/screen/screen.hh"
#include "stacks/report.hh"

namespace mainstay::cli {

struct ProgressOptions {
  std::FILE* out = stderr;
  Style style;
  Terminal terminal;
  bool tail = false;                  // show every event
  NextCommands next;                  // what a failure suggests
  UsualSource usual;                  // may be empty
  std::function<Terminal()> measure;  // its size now; empty: it stays as it is
};

// "hook PATH: complete", with its stage and reason.
std::string hook_line(const stacks::HookReport& report);

class Progress : public stacks::Reporter {
 public:
  // Rows and lines may still be waiting to be shown: finish shows them and stops the clockwork.
  virtual void finish() = 0;
  // While a person is asked something, nothing is drawn over the question.
  virtual void hold(bool) {}
};

// Tells both; either may be null, but not both.
std::unique_ptr<Progress> with_json(std::unique_ptr<Progress> shown,
                                    std::unique_ptr<Progress> json);

// Steps that stand still for long are named every 30 seconds.
std::unique_ptr<Progress> plain_progress(ProgressOptions options, Clock& clock, const Files& files);
// The rows of ProgressRows, redrawn ten times a second at most.
std::unique_ptr<Progress> live_progress(ProgressOptions options, Clock& clock, const Files& files);
std::unique_ptr<Progress> json_progress(std::shared_ptr<Ndjson> out, UsualSource usual);

}  // namespace mainstay::cli
