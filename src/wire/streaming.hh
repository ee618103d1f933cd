// S3's streaming bodies (Content-Encoding: aws-chunked), the forms that x-amz-content-sha256 names:
// STREAMING-AWS4-HMAC-SHA256-PAYLOAD, the same with -TRAILER, STREAMING-UNSIGNED-PAYLOAD-TRAILER.
// Source: S3 API reference, "Signature calculations: transferring a payload in multiple chunks" and
// "... with trailing headers".
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/digest.hh"
#include "base/error.hh"
#include "base/http_message.hh"
#include "wire/sigv4.hh"

namespace mainstay::wire {

bool is_streaming(const Headers& headers);

// Whether the form's chunks are signed. Errors: InvalidRequest for a form that is not known.
Result<bool> is_signed_form(const Headers& headers);

// Takes the chunks of a streaming body apart as they come. What is wrong is told at the end.
// Limits: a line of 16 KiB, a million chunks that are signed.
class ChunkReader {
 public:
  using Out = std::function<Status(std::string_view data)>;
  ChunkReader(bool is_signed, Out out) : signed_(is_signed), out_(std::move(out)) {}
  void feed(std::string_view bytes);
  // Errors: see unpack_streaming; those of out, whatever came after is dropped.
  Status finish(const Verified* verified);
  uint64_t size() const { return size_; }  // of the data
  const Headers& trailers() const { return trailers_; }

 private:
  enum class At : uint8_t { line, data, data_end, trailers };
  struct Signed {
    std::string given, hash;
  };
  Status step(std::string_view& bytes);
  Status begin_chunk();
  Status end_chunk();
  Status read_trailers(std::string& canonical, std::string& signature);

  bool signed_;
  Out out_;
  At at_ = At::line;
  std::string text_;  // of a line that is not complete, or of the trailers
  uint64_t left_ = 0, size_ = 0;
  uint64_t ended_ = 0;  // size_ at the end of the chunk before
  std::unique_ptr<Digest> hash_;
  std::string given_;
  std::vector<Signed> chunks_;
  Headers trailers_;
  Status failed_;
};

// What is left to do once a streaming body has been read: see unpack_streaming.
Status settle_streaming(HttpRequest& request, ChunkReader& reader, const Verified* verified);

// Replaces a streaming body by what it carries: checks chunk and trailer signatures where the form
// is signed and verified is not null, the decoded length, and the checksums, trailers included.
// Trailers become headers; aws-chunked goes from Content-Encoding. Other requests stay as they are.
// Errors: SignatureDoesNotMatch (403), IncompleteBody, MalformedTrailerError, BadDigest,
// InvalidRequest (400).
// A body that a StreamedBody took is settled.
Status unpack_streaming(HttpRequest& request, const Verified* verified);

// The reverse, for clients and tests: a signed body of chunks of the given size.
std::string pack_signed_chunks(std::string_view data, size_t chunk_bytes, const Verified& seed,
                               std::string_view trailer_name = {},
                               std::string_view trailer_value = {});
std::string pack_unsigned_chunks(std::string_view data, size_t chunk_bytes,
                                 std::string_view trailer_name, std::string_view trailer_value);

}  // namespace mainstay::wire
