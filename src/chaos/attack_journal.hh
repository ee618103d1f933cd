// Attacks on disk, a file each, written before anything is touched and after every step.
//
// Errors: "ChaosJournalDamaged", "AttackMissing", those of files. Threads: any. Two processes may
// take the same attack back at once (its guard, and `halt` that has waited for it): each step may
// be done twice, and the last record stands. Limit: attack_bytes_max.
#pragma once

#include <string>
#include <vector>

#include "chaos/attack.hh"
#include "host/files.hh"

namespace mainstay::chaos {

class AttackJournal {
 public:
  AttackJournal(Files& files, std::string folder) : files_(files), folder_(std::move(folder)) {}

  Status put(const Attack& attack);
  Result<Attack> get(const std::string& id) const;
  Result<std::vector<Attack>> all() const;  // oldest first
  // Asks for the end of one that is held: a file of its own, so that nobody's write is lost.
  Status ask_to_halt(const std::string& id);
  bool is_halted(const std::string& id) const;
  const std::string& folder() const { return folder_; }

 private:
  static constexpr size_t attack_bytes_max = 4 << 20;
  std::string path(const std::string& id, const char* ending) const {
    return folder_ + "/" + id + ending;
  }

  Files& files_;
  const std::string folder_;
};

}  // namespace mainstay::chaos
