#include "base/cbor.hh"

namespace mainstay {
namespace {

// Major types (RFC 8949, 3.1).
constexpr unsigned unsigned_number = 0, negative_number = 1, byte_text = 2, text_text = 3,
                   items = 4, members = 5, tagged = 6;
constexpr unsigned simple_kind = 7;

}  // namespace

std::optional<CborSkimmer::Head> CborSkimmer::head() {
  if (done()) return std::nullopt;
  unsigned first = static_cast<unsigned char>(bytes_[at_++]);
  Head head{first >> 5, first & 31, first & 31};
  if (head.info < 24) return head;
  if (head.info > 27) return std::nullopt;
  size_t width = size_t{1} << (head.info - 24);
  if (bytes_.size() - at_ < width) return std::nullopt;
  head.n = 0;
  for (size_t i = 0; i < width; ++i)
    head.n = head.n << 8 | static_cast<unsigned char>(bytes_[at_++]);
  return head;
}

std::optional<size_t> CborSkimmer::list() {
  auto found = head();
  if (!found || found->major != items || found->n > bytes_.size()) return std::nullopt;
  return found->n;
}

std::optional<std::string_view> CborSkimmer::text() {
  auto found = head();
  if (!found || found->major != text_text || !skip_bytes(found->n)) return std::nullopt;
  return bytes_.substr(at_ - found->n, found->n);
}

std::optional<std::string_view> CborSkimmer::value(int depth_max) {
  size_t from = at_;
  if (!skip(depth_max)) return std::nullopt;
  return bytes_.substr(from, at_ - from);
}

bool CborSkimmer::skip_bytes(uint64_t count) {
  if (count > bytes_.size() - at_) return false;
  at_ += count;
  return true;
}

// A number behind the tag of times. Whether it is in range, the parser knows.
bool CborSkimmer::skip_time() {
  size_t from = at_;
  auto inner = head();
  bool number = inner && (inner->major <= negative_number ||
                          (inner->major == simple_kind && inner->info >= 25 && inner->info <= 27));
  return number && parse_cbor("\xc1" + std::string(bytes_.substr(from, at_ - from))).has_value();
}

bool CborSkimmer::skip(int depth) {
  auto found = head();
  if (!found) return false;
  switch (found->major) {
    case unsigned_number:
    case negative_number:
      return true;
    case byte_text:
    case text_text:
      return skip_bytes(found->n);
    case items:
      if (depth <= 0) return false;
      for (uint64_t i = 0; i < found->n; ++i)
        if (!skip(depth - 1)) return false;
      return true;
    case members:
      if (depth <= 0) return false;
      for (uint64_t i = 0; i < found->n; ++i)
        if (!text() || !skip(depth - 1)) return false;
      return true;
    case tagged:
      return depth > 0 && found->n == 1 && skip_time();
    default:
      return (found->info >= 20 && found->info <= 23) || (found->info >= 25 && found->info <= 27);
  }
}

}  // namespace mainstay
