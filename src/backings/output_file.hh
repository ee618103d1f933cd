// What a process prints, as a file that it appends to and we read on: nothing waits for a reader,
// and what was printed before an answer is there when the answer is.
//
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.hh"
#include "host/descriptor.hh"

namespace mainstay::backings {

class OutputFile {
 public:
  static Result<OutputFile> make(std::string path);
  const std::string& path() const { return path_; }
  // What came since the last call: its first bytes_max bytes, and how many more there were.
  std::string take(size_t bytes_max);
  // Cuts the file where it has grown past this; what is cut is lost and counted.
  void bound(uint64_t bytes_max);

 private:
  OutputFile(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}
  std::string path_;
  Descriptor file_;
  uint64_t offset_ = 0, lost_ = 0;
};

}  // namespace mainstay::backings
