// What the commands over the journal share: its flags, its reading, its lines.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "cli/screen/exit_codes.hh"
#include "cli/screen/ndjson.hh"
#include "cli/screen/screen.hh"
#include "journal/journal.hh"
#include "journal/runs.hh"

namespace mainstay::cli {

struct JournalFlags {
  std::string run;  // its id, or how it begins; "" for all
  std::string stack;
  std::string month;
  size_t last = 20;
  std::string colour = "auto";
  bool json = false;
};

class JournalView {
 public:
  explicit JournalView(const JournalFlags& flags);

  // Warns of damage. Error "JournalUnknown" where no folder for it is known.
  Result<journal::Contents> read();
  Exit fail(const Error& error);
  void print(const std::string& text) const;  // to standard output, but for --json
  void line(std::string_view type, Value members);
  const Style& style() const { return style_; }

 private:
  RealEnvironment environment_;
  RealFiles files_;
  RealClock clock_;
  const JournalFlags& flags_;
  Style style_;
  std::unique_ptr<Ndjson> ndjson_;
};

// Of the runs the one whose id begins so. Error "RunUnknown".
Result<journal::RunRecord> run_called(const std::vector<journal::RunRecord>& runs,
                                      const std::string& id);

// "7f3a12bc90ab  2026-11-29T21:14:02Z  mainstay up ..." and what came of it, in three lines.
std::string run_text(const journal::RunRecord& run, const Style& style);
std::string worked_text(const journal::StackWorked& worked, const Style& style);
// The run's fields in a line of --json.
Value run_value(const journal::RunRecord& run);

}  // namespace mainstay::cli
