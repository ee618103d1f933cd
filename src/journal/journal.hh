// The journal on disk: a folder of files "runs-000001.journal", each a line an entry:
//
//   <16 hex digits of SHA-256 over the line before's digits and this line's JSON> <JSON>
//
// So a line that was changed, cut short or taken out is found. That is against accidents and
// careless edits; whoever rewrites the whole file can compute the digits, too.
//
// Only appended to; runs at the same time, in any number of processes, take turns. Limits: a file
// of segment_bytes_max, then the next is begun; segments_max files, then the oldest goes. A run
// that is killed leaves at most one torn line. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/files.hh"
#include "host/surroundings.hh"
#include "journal/entry.hh"

namespace mainstay::journal {

struct Contents {
  std::vector<Entry> entries;        // oldest first
  std::vector<std::string> damaged;  // "runs-000001.journal:17: its checksum is wrong"
};

class Journal {
 public:
  static constexpr size_t segment_bytes_max = 4 * 1024 * 1024, segments_max = 8;

  // files must outlive it.
  Journal(Files& files, std::string folder, size_t segment_bytes = segment_bytes_max)
      : files_(files), folder_(std::move(folder)), segment_bytes_(segment_bytes) {}

  // synced: it survives a power cut; else, the program's end. Errors are those of files.
  Status append(const Entry& entry, bool synced);
  // All there is; of a folder that is not there, nothing. Errors are those of files.
  Result<Contents> read() const;
  const std::string& folder() const { return folder_; }

 private:
  // Their numbers, oldest first.
  Result<std::vector<size_t>> segments() const;
  std::string path_of(size_t number) const;
  // The digits of a file's last line.
  Result<std::string> end_of(size_t number);
  Status drop_oldest();

  Files& files_;
  std::string folder_;
  size_t segment_bytes_;
};

// MAINSTAY_JOURNAL, else $XDG_STATE_HOME/mainstay/runs, else under ~/.local/state; nothing where
// none is known. Source: XDG Base Directory Specification (relative paths don't count).
std::optional<std::string> journal_folder(const Environment& environment);

}  // namespace mainstay::journal
