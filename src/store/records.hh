// How records stand in a journal's file, and what a file that does not end with one means.
//
// A record is a little-endian u32 length, the u32 CRC-32C of the payload, and the payload. By their
// first byte there are three: a unit's changes (record.hh); the head of a file, with the version of
// the format and the file's number; and a mark: "up to this offset the file numbered so was synced
// before I was written". Files from before there were heads have the number 0.
//
// A file that ends otherwise was torn by a power cut, or is damaged:
//  - torn: what stands behind was never synced, so it was never acknowledged as safe from a power
//    cut, and is dropped. A disk that loses power leaves a file cut short, zeros to the end of a
//    sector, or both, and may keep later sectors while it loses earlier ones.
//  - damaged: a mark behind it says that it was on the disk; or no power cut leaves such bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.hh"

namespace mainstay::store {

inline constexpr size_t record_bytes_max = size_t{1} << 30;

std::string framed(std::string_view payload);
std::string head_record(uint64_t file_number);
std::string mark_record(uint64_t file_number, uint64_t offset);

struct Reading {
  enum class End { whole, torn, damaged };
  End end = End::whole;
  size_t intact = 0;           // bytes that whole records take from the start
  uint64_t file_number = 0;    // 0: no head
  uint64_t records = 0;        // changes handed over
  std::string why = {};        // of a damaged end
  uint64_t records_after = 0;  // whole records behind what is torn or damaged
};

// Hands over every record of changes from the start, up to the first that is not whole. An error of
// `visit` makes the end `damaged`, with its message as the reason.
Reading read_records(std::string_view text, const std::function<Status(std::string_view)>& visit);

}  // namespace mainstay::store
