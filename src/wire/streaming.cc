#include "wire/streaming.hh"

#include <charconv>

#include "base/digest.hh"
#include "base/text.hh"
#include "wire/checksum.hh"
#include "wire/sigv4_detail.hh"

namespace mainstay::wire {
namespace {

constexpr size_t trailers_max = 16;
constexpr std::string_view signature_mark = ";chunk-signature=";
constexpr std::string_view trailer_signature = "x-amz-trailer-signature";

Error incomplete_body(std::string_view why) {
  return aws_error("IncompleteBody",
                   "The request body terminated unexpectedly: " + std::string(why));
}

// Each signature covers the one before it.
class Chain {
 public:
  explicit Chain(const Verified& seed)
      : key_(seed.signing_key),
        head_('\n' + format_basic(seed.signed_at) + '\n' + seed.credential.scope + '\n'),
        previous_(seed.credential.signature) {}

  std::string chunk(std::string_view data) {
    return next("AWS4-HMAC-SHA256-PAYLOAD",
                hex_encode(sha256("")) + '\n' + hex_encode(sha256(data)));
  }
  std::string trailer(std::string_view canonical) {
    return next("AWS4-HMAC-SHA256-TRAILER", hex_encode(sha256(canonical)));
  }

 private:
  std::string next(std::string_view kind, const std::string& hashes) {
    std::string text(kind);
    text += head_ + previous_ + '\n' + hashes;
    previous_ = hex_encode(hmac_sha256(key_, text));
    return previous_;
  }
  std::string key_, head_, previous_;
};

Error malformed_trailer() {
  return aws_error("MalformedTrailerError",
                   "The request contained trailing data that was not well-formed or did not "
                   "conform to our published schema.");
}

class Unpacker {
 public:
  Unpacker(std::string_view body, const Verified* seed) : rest_(body) {
    if (seed != nullptr) chain_.emplace(*seed);
  }

  Status read() {
    while (true) {
      TRY(size_t size, read_chunk());
      if (size == 0) return read_trailers();
    }
  }

  std::string data;
  Headers trailers;

 private:
  Result<std::string_view> line() {
    size_t end = rest_.find("\r\n");
    if (end == std::string_view::npos) return incomplete_body("a line of a chunk has no end");
    std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 2);
    return text;
  }

  Result<size_t> read_chunk() {
    TRY(std::string_view head, line());
    size_t mark = std::min(head.find(signature_mark), head.size());
    std::string_view digits = head.substr(0, mark);
    size_t size = 0;
    auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    if (digits.empty() || code != std::errc() || end != digits.data() + digits.size())
      return incomplete_body("a chunk's size is not a hexadecimal number");
    if (size > rest_.size()) return incomplete_body("a chunk is shorter than its size says");
    std::string_view chunk = rest_.substr(0, size);
    rest_.remove_prefix(size);
    if (size > 0 && !rest_.starts_with("\r\n")) return incomplete_body("a chunk has no end");
    if (size > 0) rest_.remove_prefix(2);
    if (chain_) {
      std::string_view given = head.substr(std::min(head.size(), mark + signature_mark.size()));
      if (!equal_constant_time(chain_->chunk(chunk), given)) return does_not_match();
    }
    data += chunk;
    return size;
  }

  Status read_trailers() {
    std::string canonical, signature;
    while (!rest_.empty() && rest_ != "\r\n") {
      size_t end = std::min(rest_.find_first_of("\r\n"), rest_.size());
      std::string_view text = rest_.substr(0, end);
      rest_.remove_prefix(end);
      size_t next = std::min(rest_.find_first_not_of("\r\n"), rest_.size());
      rest_.remove_prefix(next);
      if (text.empty()) continue;
      size_t colon = text.find(':');
      if (colon == std::string_view::npos || trailers.size() >= trailers_max)
        return malformed_trailer();
      std::string name = to_lower(trim(text.substr(0, colon)));
      std::string value(trim(text.substr(colon + 1)));
      if (name == trailer_signature) {
        signature = value;
        continue;
      }
      canonical += name + ':' + value + '\n';
      trailers.add(name, value);
    }
    if (chain_ && trailers.size() > 0 &&
        !equal_constant_time(chain_->trailer(canonical), signature))
      return does_not_match();
    return {};
  }

  std::string_view rest_;
  std::optional<Chain> chain_;
};

// The trailers are those that x-amz-trailer, which is signed, names, no more and no fewer, and
// checksums alone: any other would be a header that nobody signed (S3 API reference, "Signature
// calculations for trailing headers").
Status check_trailers(const Headers& headers, const Headers& trailers) {
  size_t declared = 0;
  for (const std::string& item : split(headers.get("x-amz-trailer"), ",")) {
    std::string name = to_lower(trim(item));
    if (name.empty()) continue;
    if (!name.starts_with("x-amz-checksum-") || !trailers.has(name)) return malformed_trailer();
    ++declared;
  }
  return trailers.size() == declared ? Status() : malformed_trailer();
}

void drop_aws_chunked(Headers& headers) {
  std::vector<std::string> kept;
  for (const std::string& item : split(headers.get("Content-Encoding"), ","))
    if (std::string_view name = trim(item); !name.empty() && name != "aws-chunked")
      kept.emplace_back(name);
  headers.erase("Content-Encoding");
  if (!kept.empty()) headers.add("Content-Encoding", join(kept, ","));
}

std::string size_line(size_t size) {
  char buffer[20];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, size, 16).ptr);
}

}  // namespace

bool is_streaming(const HttpRequest& request) {
  return request.headers.get("x-amz-content-sha256").starts_with("STREAMING-");
}

Status unpack_streaming(HttpRequest& request, const Verified* verified) {
  if (!is_streaming(request)) return {};
  std::string_view form = request.headers.get("x-amz-content-sha256");
  bool is_signed = form.starts_with("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  if (!is_signed && form != "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
    return aws_error("InvalidRequest",
                     "x-amz-content-sha256 " + printable(form) + " is not supported");
  Unpacker unpacker(request.body, is_signed ? verified : nullptr);
  CHECK_OK(unpacker.read());
  if (const std::string* length = request.headers.find("x-amz-decoded-content-length"))
    if (parse_int(*length) != static_cast<int64_t>(unpacker.data.size()))
      return incomplete_body("it does not have the bytes that x-amz-decoded-content-length says");
  CHECK_OK(check_trailers(request.headers, unpacker.trailers));
  request.body = std::move(unpacker.data);
  for (const auto& [name, value] : unpacker.trailers) request.headers.set(name, value);
  drop_aws_chunked(request.headers);
  return check_checksums(request.headers, request.body);
}

std::string pack_signed_chunks(std::string_view data, size_t chunk_bytes, const Verified& seed,
                               std::string_view trailer_name, std::string_view trailer_value) {
  Chain chain(seed);
  std::string out;
  bool more = true;
  while (more) {
    std::string_view chunk = data.substr(0, chunk_bytes);
    data.remove_prefix(chunk.size());
    more = !chunk.empty();
    out += size_line(chunk.size()) + std::string(signature_mark) + chain.chunk(chunk) + "\r\n";
    out += chunk;
    if (more) out += "\r\n";
  }
  if (!trailer_name.empty()) {
    std::string trailer = std::string(trailer_name) + ':' + std::string(trailer_value);
    out += trailer + "\r\n" + std::string(trailer_signature) + ':' + chain.trailer(trailer + '\n') +
           "\r\n";
  }
  return out + "\r\n";
}

std::string pack_unsigned_chunks(std::string_view data, size_t chunk_bytes,
                                 std::string_view trailer_name, std::string_view trailer_value) {
  std::string out;
  while (!data.empty()) {
    std::string_view chunk = data.substr(0, chunk_bytes);
    data.remove_prefix(chunk.size());
    out += size_line(chunk.size()) + "\r\n" + std::string(chunk) + "\r\n";
  }
  return out + "0\r\n" + std::string(trailer_name) + ':' + std::string(trailer_value) + "\r\n\r\n";
}

}  // namespace mainstay::wire
