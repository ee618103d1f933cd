#include "store/records.hh"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/digest.hh"
#include "store/disk.hh"

namespace mainstay::store {
namespace {

constexpr size_t frame_bytes = 8;
constexpr uint32_t version = 2;         // 1 had no heads and no marks
constexpr char changes_begin = '\x84';  // CBOR's list of four (record.hh)
constexpr char head_begins = 'H';
constexpr char mark_begins = 'M';
constexpr size_t head_bytes = 1 + 4 + 8, mark_bytes = 1 + 8 + 8;

template <class T>
T load(const char* at) {
  T n;
  std::memcpy(&n, at, sizeof n);
  return n;
}

template <class T>
void store_at(std::string& out, size_t at, T n) {
  std::memcpy(out.data() + at, &n, sizeof n);
}

bool begins_payload(char c) {
  return c == changes_begin || c == head_begins || c == mark_begins;
}

// Could the bytes at `at` be the beginning of a record, as far as there are any?
bool may_begin_record(std::string_view text, size_t at) {
  if (text.size() - at < frame_bytes) return true;
  if (load<uint32_t>(text.data() + at) > record_bytes_max) return false;
  return text.size() - at == frame_bytes || begins_payload(text[at + frame_bytes]);
}

// Passes over a text string of CBOR of fewer than 2^16 bytes (RFC 8949, 3.1).
bool skip_text(std::string_view payload, size_t& at) {
  if (at >= payload.size()) return false;
  auto byte = [&](size_t i) { return static_cast<unsigned char>(payload[i]); };
  size_t kind = byte(at) >> 5, length = byte(at) & 31, more = 1;
  if (kind != 3) return false;
  if (length == 24 && at + 1 < payload.size()) {
    length = byte(at + 1);
    more = 2;
  } else if (length == 25 && at + 2 < payload.size()) {
    length = byte(at + 1) * size_t{256} + byte(at + 2);
    more = 3;
  } else if (length > 23) {
    return false;
  }
  at += more + length;
  return true;
}

// Looked at before the checksum: where every byte may begin a record, that would take for ever.
bool looks_like_payload(std::string_view payload) {
  if (payload[0] == head_begins) return payload.size() == head_bytes;
  if (payload[0] == mark_begins) return payload.size() == mark_bytes;
  size_t at = 1;
  return payload[0] == changes_begin && skip_text(payload, at) && skip_text(payload, at) &&
         skip_text(payload, at) && at < payload.size() &&
         static_cast<unsigned char>(payload[at]) >> 5 == 4;
}

// The payload of the record that begins there, nothing where none does.
std::optional<std::string_view> payload_at(std::string_view text, size_t at) {
  if (text.size() - at <= frame_bytes) return std::nullopt;
  size_t length = load<uint32_t>(text.data() + at);
  if (length == 0 || length > text.size() - at - frame_bytes) return std::nullopt;
  std::string_view payload = text.substr(at + frame_bytes, length);
  if (!looks_like_payload(payload) || crc32c(payload) != load<uint32_t>(text.data() + at + 4))
    return std::nullopt;
  return payload;
}

// What stands behind the first record that is not whole.
struct Rest {
  size_t first = 0;  // where the first whole record behind begins, or the file's end
  uint64_t records = 0;
  uint64_t synced = 0;  // the furthest that a mark says was synced
};

Rest look_behind(std::string_view text, size_t at, uint64_t file_number) {
  Rest rest{text.size(), 0, 0};
  for (size_t next = at + 1; next + frame_bytes < text.size();) {
    auto payload = payload_at(text, next);
    if (!payload) {
      ++next;
      continue;
    }
    rest.first = std::min(rest.first, next);
    if ((*payload)[0] == changes_begin) ++rest.records;
    if ((*payload)[0] == mark_begins && load<uint64_t>(payload->data() + 1) == file_number)
      rest.synced = std::max(rest.synced, load<uint64_t>(payload->data() + 9));
    next += frame_bytes + payload->size();
  }
  return rest;
}

// Is there, between, what a sector leaves that was not written, or only in part?
bool has_unwritten_sector(std::string_view text, size_t from, size_t to) {
  for (size_t end = (from / sector_bytes + 1) * sector_bytes; end <= to; end += sector_bytes)
    if (text[end - 1] == '\0') return true;
  return to == text.size() && text[to - 1] == '\0';
}

// Nothing in a file is whole: was it ever a journal?
bool may_have_been_journal(std::string_view text) {
  if (text.size() > frame_bytes && text[frame_bytes] == '\0')
    return load<uint32_t>(text.data()) <= record_bytes_max;
  return may_begin_record(text, 0);
}

void judge_end(std::string_view text, Reading& reading) {
  size_t at = reading.intact;
  Rest rest = look_behind(text, at, reading.file_number);
  reading.records_after = rest.records;
  reading.end = Reading::End::damaged;
  if (at == 0 && !may_have_been_journal(text)) {
    reading.why = "what stands there is no record";
  } else if (rest.synced > at) {
    reading.why = "it was written whole once, as what stands behind it says";
  } else if (has_unwritten_sector(text, at, rest.first)) {
    reading.end = Reading::End::torn;
  } else if (rest.first < text.size()) {
    reading.why = "no power cut leaves it so, and whole records stand behind it (at byte " +
                  std::to_string(rest.first) + ")";
  } else if (!may_begin_record(text, at)) {
    reading.why = "what stands there is no record";
  } else {
    reading.end = Reading::End::torn;
  }
}

}  // namespace

std::string framed(std::string_view payload) {
  std::string frame(frame_bytes, '\0');
  store_at(frame, 0, static_cast<uint32_t>(payload.size()));
  store_at(frame, 4, crc32c(payload));
  frame += payload;
  return frame;
}

std::string head_record(uint64_t file_number) {
  std::string payload(head_bytes, head_begins);
  store_at(payload, 1, version);
  store_at(payload, 5, file_number);
  return framed(payload);
}

std::string mark_record(uint64_t file_number, uint64_t offset) {
  std::string payload(mark_bytes, mark_begins);
  store_at(payload, 1, file_number);
  store_at(payload, 9, offset);
  return framed(payload);
}

Reading read_records(std::string_view text, const std::function<Status(std::string_view)>& visit) {
  Reading reading;
  while (reading.intact < text.size()) {
    auto payload = payload_at(text, reading.intact);
    if (!payload) {
      judge_end(text, reading);
      return reading;
    }
    if ((*payload)[0] == head_begins && reading.intact == 0) {
      reading.file_number = load<uint64_t>(payload->data() + 5);
      if (uint32_t found = load<uint32_t>(payload->data() + 1); found > version)
        reading.why = "it is of version " + std::to_string(found) +
                      " of the format, and this mainstay knows " + std::to_string(version) +
                      ": use a newer one";
    } else if ((*payload)[0] == changes_begin) {
      if (Status visited = visit(*payload); !visited.has_value())
        reading.why = visited.error().message;
      ++reading.records;
    }
    if (!reading.why.empty()) {
      reading.end = Reading::End::damaged;
      return reading;
    }
    reading.intact += frame_bytes + payload->size();
  }
  return reading;
}

}  // namespace mainstay::store
