#include "wire/streaming.hh"

#include <charconv>

#include "base/digest.hh"
#include "base/text.hh"
#include "wire/checksum.hh"
#include "wire/sigv4_detail.hh"
#include "wire/streamed_body.hh"

namespace mainstay::wire {
namespace {

constexpr size_t trailers_max = 16;
constexpr size_t text_bytes_max = 16 << 10;
constexpr size_t chunks_max = 1 << 20;
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

  std::string chunk(std::string_view hash) {
    return next("AWS4-HMAC-SHA256-PAYLOAD", hex_encode(sha256("")) + '\n' + hex_encode(hash));
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

bool is_streaming(const Headers& headers) {
  return headers.get("x-amz-content-sha256").starts_with("STREAMING-");
}

void ChunkReader::feed(std::string_view bytes) {
  while (!bytes.empty() && failed_.has_value()) failed_ = step(bytes);
}

// Uses up some of the bytes.
Status ChunkReader::step(std::string_view& bytes) {
  if (at_ == At::data) {
    std::string_view data = bytes.substr(0, left_);
    bytes.remove_prefix(data.size());
    left_ -= data.size();
    if (hash_) hash_->update(data);
    if (left_ == 0) CHECK_OK(end_chunk());
    return out_(data);
  }
  if (at_ == At::trailers) {
    text_ += bytes;
    bytes = {};
  } else {
    size_t end = bytes.find('\n');
    bool whole = end != std::string_view::npos;
    text_ += bytes.substr(0, whole ? end + 1 : end);
    bytes.remove_prefix(whole ? end + 1 : bytes.size());
    if (whole && text_.size() >= 2 && text_[text_.size() - 2] == '\r') return begin_chunk();
    if (at_ == At::data_end && text_ != "\r") return incomplete_body("a chunk has no end");
  }
  if (text_.size() > text_bytes_max) return incomplete_body("a line of a chunk has no end");
  return {};
}

// With a whole line, its end included.
Status ChunkReader::begin_chunk() {
  std::string line = std::exchange(text_, "");
  if (at_ == At::data_end) {
    if (line != "\r\n") return incomplete_body("a chunk has no end");
    at_ = At::line;
    return {};
  }
  std::string_view head = std::string_view(line).substr(0, line.size() - 2);
  size_t mark = std::min(head.find(signature_mark), head.size());
  std::string_view digits = head.substr(0, mark);
  auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), left_, 16);
  if (digits.empty() || code != std::errc() || end != digits.data() + digits.size())
    return incomplete_body("a chunk's size is not a hexadecimal number");
  size_ += left_;
  if (signed_) {
    given_ = head.substr(std::min(head.size(), mark + signature_mark.size()));
    hash_ = std::make_unique<Digest>("sha256");
  }
  at_ = At::data;
  return left_ == 0 ? end_chunk() : Status();
}

Status ChunkReader::end_chunk() {
  bool last = at_ == At::data && left_ == 0 && size_ == ended_;
  if (hash_) {
    if (chunks_.size() >= chunks_max)
      return aws_error("InvalidChunkSizeError",
                       "Only the last chunk is allowed to have a size less than 8192 bytes", 403);
    chunks_.push_back({std::move(given_), hash_->finish()});
    hash_.reset();
  }
  ended_ = size_;
  at_ = last ? At::trailers : At::data_end;
  return {};
}

Status ChunkReader::read_trailers(std::string& canonical, std::string& signature) {
  std::string_view rest = text_;
  while (!rest.empty() && rest != "\r\n") {
    size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    std::string_view text = rest.substr(0, end);
    rest.remove_prefix(end);
    size_t next = std::min(rest.find_first_not_of("\r\n"), rest.size());
    rest.remove_prefix(next);
    if (text.empty()) continue;
    size_t colon = text.find(':');
    if (colon == std::string_view::npos || trailers_.size() >= trailers_max)
      return malformed_trailer();
    std::string name = to_lower(trim(text.substr(0, colon)));
    std::string value(trim(text.substr(colon + 1)));
    if (name == trailer_signature) {
      signature = value;
      continue;
    }
    canonical += name + ':' + value + '\n';
    trailers_.add(name, value);
  }
  return {};
}

Status ChunkReader::finish(const Verified* verified) {
  CHECK_OK(failed_);
  if (at_ == At::data) return incomplete_body("a chunk is shorter than its size says");
  if (at_ != At::trailers) return incomplete_body("the last chunk is missing");
  std::string canonical, signature;
  CHECK_OK(read_trailers(canonical, signature));
  if (!signed_ || !verified) return {};
  Chain chain(*verified);
  for (const Signed& chunk : chunks_)
    if (!equal_constant_time(chain.chunk(chunk.hash), chunk.given)) return does_not_match();
  if (trailers_.size() > 0 && !equal_constant_time(chain.trailer(canonical), signature))
    return does_not_match();
  return {};
}

Status settle_streaming(HttpRequest& request, ChunkReader& reader, const Verified* verified) {
  CHECK_OK(reader.finish(verified));
  if (const std::string* length = request.headers.find("x-amz-decoded-content-length"))
    if (parse_int(*length) != static_cast<int64_t>(reader.size()))
      return incomplete_body("it does not have the bytes that x-amz-decoded-content-length says");
  CHECK_OK(check_trailers(request.headers, reader.trailers()));
  for (const auto& [name, value] : reader.trailers()) request.headers.set(name, value);
  drop_aws_chunked(request.headers);
  return {};
}

Result<bool> is_signed_form(const Headers& headers) {
  std::string_view form = headers.get("x-amz-content-sha256");
  bool is_signed = form.starts_with("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  if (!is_signed && form != "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
    return aws_error("InvalidRequest",
                     "x-amz-content-sha256 " + printable(form) + " is not supported");
  return is_signed;
}

Status unpack_streaming(HttpRequest& request, const Verified* verified) {
  if (auto* streamed = dynamic_cast<StreamedBody*>(request.sink.get()))
    return streamed->settle(request, verified);
  if (!is_streaming(request.headers)) return {};
  TRY(bool is_signed, is_signed_form(request.headers));
  std::string data;
  ChunkReader reader(is_signed && verified, [&](std::string_view piece) -> Status {
    data += piece;
    return {};
  });
  reader.feed(request.body);
  CHECK_OK(settle_streaming(request, reader, verified));
  request.body = std::move(data);
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
    out +=
        size_line(chunk.size()) + std::string(signature_mark) + chain.chunk(sha256(chunk)) + "\r\n";
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
