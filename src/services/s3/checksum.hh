// Checksums of objects and parts ("Checking object integrity", S3 user guide; words recorded).
//
// An object has one: of the whole (FULL_OBJECT), or of its parts' checksums, with their number
// behind it (COMPOSITE: "XF5+4A==-3"). Whole ones of CRCs are combined from those of the parts.
#pragma once

#include <string>
#include <string_view>

#include "services/s3/bucket.hh"

namespace mainstay::s3 {

struct ChecksumKind {
  std::string_view name;  // "CRC32"
  const char* member;     // "ChecksumCRC32"
  int crc_bits;           // 0 for hashes
  uint64_t polynomial;    // of a CRC, reflected
};
inline constexpr ChecksumKind checksum_kinds[] = {
    {"CRC32", "ChecksumCRC32", 32, 0xedb88320},
    {"CRC32C", "ChecksumCRC32C", 32, 0x82f63b78},
    {"CRC64NVME", "ChecksumCRC64NVME", 64, 0x9a6c9329ac4bc9b5},
    {"SHA1", "ChecksumSHA1", 0, 0},
    {"SHA256", "ChecksumSHA256", 0, 0}};
// Of the document of a part: its CRC64NVME, whatever checksum is shown of it.
inline constexpr const char* own_crc_member = "_CRC64NVME";
inline constexpr const ChecksumKind& default_checksum = checksum_kinds[2];  // since 2024

const ChecksumKind* checksum_named(std::string_view name);  // null for another
const ChecksumKind* checksum_in(const Value& document);     // whose member it has, or null
// The members that describe an object's checksum, where its document has them.
void add_checksum(const Value& document, Value& out);

// "x-amz-checksum-*" and Content-MD5 of a request checked against the data; the member and
// ChecksumType. wanted: what an upload's parts have, null for none; its value is "" where it was
// not computed on the way, and no member is there where nothing asks for one.
Result<Value> check_integrity(const Value& in, const Payload& payload);
Result<Value> check_part_integrity(const Value& in, const Payload& payload,
                                   const ChecksumKind* wanted);
// Of stored bytes, in base64.
Result<std::string> checksum_of(Call& call, const Value& object, std::string_view data_key,
                                const ChecksumKind& kind);

// What CreateMultipartUpload asks for: ChecksumAlgorithm and ChecksumType, or nothing.
Result<Value> chosen_checksum(const Value& in);
// Of the parts that a client lists: that each is what was uploaded.
Status check_listed_part(const Value& upload, const Value& listed, const Value& part);
// The checksum of an object made of parts, and what the request says of it.
Result<Value> checksum_of_parts(const Value& upload, const List& parts, const Value& in);

}  // namespace mainstay::s3
