#include "services/s3/checksum.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "wire/checksum.hh"

namespace mainstay::s3 {
namespace {

Status check_checksum(const ChecksumKind& kind, const std::string& sent,
                      const std::string& expected) {
  auto bytes = base64_decode(sent);
  if (!bytes || bytes->size() != base64_decode(expected)->size())
    return aws_error("InvalidRequest",
                     "Value for x-amz-checksum-" + to_lower(kind.name) + " header is invalid.");
  if (sent == expected) return {};
  return aws_error("BadDigest", "The " + std::string(kind.name) +
                                    " you specified did not match the calculated checksum.");
}

Status check_md5(const Value& in, const Payload& payload) {
  if (!in.has("ContentMD5")) return {};
  auto sent = base64_decode(in["ContentMD5"].as_string());
  if (!sent || sent->size() != 16)
    return aws_error("InvalidDigest", "The Content-MD5 you specified was invalid.");
  if (in["ContentMD5"].as_string() == payload.checksum("md5")) return {};
  return aws_error("BadDigest", "The Content-MD5 you specified did not match what we received.");
}

// The one that a request sends or names, null for none.
Result<const ChecksumKind*> asked_checksum(const Value& in) {
  auto given = [&](const ChecksumKind& kind) { return in.has(kind.member); };
  if (std::ranges::count_if(checksum_kinds, given) > 1)
    return aws_error("InvalidRequest",
                     "Expecting a single x-amz-checksum- header. Multiple checksum Types are not "
                     "allowed.");
  if (const ChecksumKind* kind = checksum_in(in)) return kind;
  if (!in.has("ChecksumAlgorithm")) return nullptr;
  if (const ChecksumKind* kind = checksum_named(in["ChecksumAlgorithm"].as_string())) return kind;
  return aws_error("InvalidRequest",
                   "Checksum algorithm provided is unsupported. Please try again with any of the "
                   "valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
}

// Polynomials over GF(2), reflected: the highest bit is x^0. a * b modulo the kind's.
uint64_t multiply(const ChecksumKind& kind, uint64_t a, uint64_t b) {
  uint64_t product = 0;
  for (uint64_t bit = uint64_t{1} << (kind.crc_bits - 1); bit != 0; bit >>= 1) {
    if (a & bit) product ^= b;
    b = b & 1 ? b >> 1 ^ kind.polynomial : b >> 1;
  }
  return product;
}

// x^(8 * bytes).
uint64_t power_of_bytes(const ChecksumKind& kind, uint64_t bytes) {
  uint64_t one = uint64_t{1} << (kind.crc_bits - 1);
  uint64_t out = one, square = one >> 8;  // x^8
  for (; bytes != 0; bytes >>= 1) {
    if (bytes & 1) out = multiply(kind, square, out);
    square = multiply(kind, square, square);
  }
  return out;
}

uint64_t number_of(const std::string& base64) {
  uint64_t out = 0;
  for (char c : base64_decode(base64).value_or("")) out = out << 8 | static_cast<uint8_t>(c);
  return out;
}

std::string base64_of(const ChecksumKind& kind, uint64_t number) {
  std::string bytes;
  for (int shift = kind.crc_bits - 8; shift >= 0; shift -= 8)
    bytes += static_cast<char>(number >> shift & 0xff);
  return base64_encode(bytes);
}

// A CRC of what follows another is the sum of both, the first one moved to its place.
std::string combined_crc(const ChecksumKind& kind, const List& parts, const char* member) {
  uint64_t crc = 0;
  for (const Value& part : parts) {
    uint64_t place = power_of_bytes(kind, static_cast<uint64_t>(part["Size"].as_int()));
    crc = multiply(kind, place, crc) ^ number_of(part[member].as_string());
  }
  return base64_of(kind, crc);
}

std::string composite(const ChecksumKind& kind, const List& parts) {
  std::string all;
  for (const Value& part : parts) all += base64_decode(part[kind.member].as_string()).value_or("");
  return wire::checksum(kind.name, all).value_or("") + "-" + std::to_string(parts.size());
}

Error checksum_type_refused(const std::string& type, std::string_view algorithm) {
  return aws_error("InvalidRequest", "The " + type + " checksum type cannot be used with the " +
                                         to_lower(algorithm) + " checksum algorithm.");
}

}  // namespace

const ChecksumKind* checksum_named(std::string_view name) {
  const auto* found = std::ranges::find(checksum_kinds, name, &ChecksumKind::name);
  return found == std::end(checksum_kinds) ? nullptr : found;
}

const ChecksumKind* checksum_in(const Value& document) {
  for (const ChecksumKind& kind : checksum_kinds)
    if (document.has(kind.member)) return &kind;
  return nullptr;
}

void add_checksum(const Value& document, Value& out) {
  const ChecksumKind* kind = checksum_in(document);
  if (!kind) return;
  out.set(kind->member, document[kind->member]);
  if (document.has("ChecksumType")) out.set("ChecksumType", document["ChecksumType"]);
}

// Without one CRC64NVME is kept, as S3 does since 2024.
Result<Value> check_integrity(const Value& in, const Payload& payload) {
  CHECK_OK(check_md5(in, payload));
  TRY(const ChecksumKind* kind, asked_checksum(in));
  if (!kind) kind = &default_checksum;
  std::string sum = payload.checksum(kind->name);
  if (in.has(kind->member)) CHECK_OK(check_checksum(*kind, in[kind->member].as_string(), sum));
  return Value::map({{"ChecksumType", "FULL_OBJECT"}, {kind->member, std::move(sum)}});
}

Result<Value> check_part_integrity(const Value& in, const Payload& payload,
                                   const ChecksumKind* wanted) {
  CHECK_OK(check_md5(in, payload));
  TRY(const ChecksumKind* kind, asked_checksum(in));
  if (wanted && kind && kind != wanted)
    return aws_error("InvalidRequest", "Checksum Type mismatch occurred, expected checksum Type: " +
                                           to_lower(wanted->name) +
                                           ", actual checksum Type: " + to_lower(kind->name));
  if (!kind) kind = wanted;
  if (!kind) return Value::map({});
  std::string sum = payload.checksum(kind->name);
  if (in.has(kind->member)) CHECK_OK(check_checksum(*kind, in[kind->member].as_string(), sum));
  return Value::map({{kind->member, std::move(sum)}});
}

Result<std::string> checksum_of(Call& call, const Value& object, std::string_view data_key,
                                const ChecksumKind& kind) {
  constexpr size_t piece_bytes = 1 << 20;
  size_t size = 0;
  for (const Value& segment : object["_Segments"].items())
    size += static_cast<size_t>(segment["Size"].as_int());
  auto source = open_segments(call, object, 0, size, data_key);
  wire::Checksums sums({to_lower(kind.name)});
  std::string piece;
  while (true) {
    piece.clear();
    TRY(BodySource::Next next, source->read(piece, piece_bytes));
    if (next != BodySource::Next::more) break;
    sums.update(piece);
  }
  sums.finish();
  return sums.find(kind.name).value_or("");
}

Result<Value> chosen_checksum(const Value& in) {
  std::string type = in["ChecksumType"].as_string();
  if (!in.has("ChecksumAlgorithm")) {
    if (type.empty()) return Value::map({});
    return aws_error("InvalidRequest",
                     "The x-amz-checksum-type header can only be used with the "
                     "x-amz-checksum-algorithm header.");
  }
  TRY(const ChecksumKind* kind, asked_checksum(in));
  if (type.empty()) type = kind == &default_checksum ? "FULL_OBJECT" : "COMPOSITE";
  if (type != "FULL_OBJECT" && type != "COMPOSITE")
    return aws_error("InvalidRequest", "Value for x-amz-checksum-type header is invalid.");
  if (type == "FULL_OBJECT" ? kind->crc_bits == 0 : kind == &default_checksum)
    return checksum_type_refused(type, kind->name);
  return Value::map({{"ChecksumAlgorithm", kind->name}, {"ChecksumType", type}});
}

Status check_listed_part(const Value& upload, const Value& listed, const Value& part) {
  const ChecksumKind* kind = checksum_named(upload["ChecksumAlgorithm"].as_string());
  const std::string number = part["PartNumber"].to_text();
  const ChecksumKind* given = checksum_in(listed);
  if (given && kind && given != kind)
    return aws_error("BadDigest", "The " + to_lower(given->name) + " you specified for part " +
                                      number + " did not match what we received.");
  if (!given && kind && upload["ChecksumType"].as_string() == "COMPOSITE")
    return aws_error("InvalidRequest", "The upload was created using a " + to_lower(kind->name) +
                                           " checksum. The complete request must include the "
                                           "checksum for each part. It was missing for part " +
                                           number + " in the request.");
  bool is_other = given && part.has(given->member) && part[given->member] != listed[given->member];
  return is_other ? Status(no_such_part(upload, listed)) : Status();
}

Result<Value> checksum_of_parts(const Value& upload, const List& parts, const Value& in) {
  const ChecksumKind* kind = checksum_named(upload["ChecksumAlgorithm"].as_string());
  const std::string type = kind ? upload["ChecksumType"].as_string() : "FULL_OBJECT";
  if (in.has("ChecksumType") && in["ChecksumType"].as_string() != type)
    return aws_error("InvalidRequest",
                     "The upload was created using the " + type +
                         " checksum mode. The complete request must use the same checksum mode.");
  const char* member = kind ? kind->member : own_crc_member;
  if (!kind) kind = &default_checksum;
  bool is_whole = type == "FULL_OBJECT";
  std::string sum = is_whole ? combined_crc(*kind, parts, member) : composite(*kind, parts);
  const ChecksumKind* given = checksum_in(in);
  // A checksum of the whole counts as such only where the request says so (recorded).
  bool is_meant = !is_whole || in.has("ChecksumType");
  if (given && (given != kind || !is_meant || in[given->member].as_string() != sum))
    return aws_error("BadDigest", "The " + to_lower(kind->name) +
                                      " you specified did not match the calculated checksum.");
  return Value::map({{kind->member, std::move(sum)}, {"ChecksumType", type}});
}

}  // namespace mainstay::s3
