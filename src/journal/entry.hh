// What the journal holds of a run: that it began, what became of each stack that it worked on, and
// how it ended. A run that was killed has no end. Texts are bounded and without secrets: whoever
// writes an entry has redacted it.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/error.hh"
#include "base/time.hh"
#include "base/value.hh"

namespace mainstay::journal {

// Before anything is changed.
struct RunBegun {
  std::string command;     // "up"
  std::string line;        // as it would be typed again, without values of -e
  std::string user, host;  // on this machine
  std::string where;       // "account 123456789012 eu-west-1 as arn:..."
  std::string config;      // the file
  std::string name_space;
  std::string version;  // of the program
};

// Of a stack that something was done to, or should have been.
struct StackWorked {
  std::string stack, address, region;
  std::string operation;  // "create", "update", "delete"; "" where none was begun
  std::string outcome;    // "complete", "failed"
  std::string reason;
  int64_t took_ms = 0;
};

struct RunEnded {
  size_t changed = 0, skipped = 0, failed = 0, cancelled = 0;
  int exit = 0;  // the program's exit code
  int64_t took_ms = 0;
  std::vector<Error> errors;  // codes and messages of the first few
};

struct Entry {
  Time time;
  std::string run;  // the same in all entries of a run
  std::variant<RunBegun, StackWorked, RunEnded> what;
};

// Limits of what is kept; longer texts are cut.
constexpr size_t text_bytes_max = 1'000, errors_max = 10;

Value entry_value(const Entry& entry);
// Error "JournalDamaged" for what is no entry.
Result<Entry> entry_of(const Value& v);

}  // namespace mainstay::journal
