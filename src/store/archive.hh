// A whole state as one stream of bytes, to be kept and to be taken up elsewhere: a line that says
// what it is and of which version, then, compressed (RFC 1952), parts of a u32 length, a kind and
// the bytes: 'D' documents as a record of the journal has them (record.hh), 'B' a piece of a blob
// behind a length of one byte and its name, and at last 'E', the counts and the SHA-256 of all that
// came before.
//
// Errors of reading, all before anything is changed: "ArchiveForeign" (no archive of a state),
// "ArchiveNewer", "ArchiveDamaged". Limits: parts of 1 GiB.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "store/store.hh"

namespace mainstay::store {

class Blobs;

struct ArchiveCounts {
  uint64_t documents = 0, blobs = 0;
};

// Writes documents and the blobs that they refer to. Nothing may change the documents meanwhile.
Result<ArchiveCounts> write_archive(Store& documents, const Blobs& blobs, const ArchiveSink& sink);

struct ArchiveVisitor {
  std::function<Status(const Value& record)> documents;
  std::function<Status(std::string_view name, std::string data)> blob;  // whole ones
};
// Reads it from the start to the end, which shows whether it is whole.
Result<ArchiveCounts> read_archive(std::string_view archive, const ArchiveVisitor& visitor);

}  // namespace mainstay::store
