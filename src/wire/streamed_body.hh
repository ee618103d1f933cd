// A request's body on its way through: hashed as it comes, taken out of its chunks, and handed on.
// For bodies that are too long for memory (S3's objects).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/digest.hh"
#include "base/http_body.hh"
#include "base/http_message.hh"
#include "wire/checksum.hh"
#include "wire/streaming.hh"

namespace mainstay::wire {

class StreamedBody : public BodySink {
 public:
  // out: takes the data. Past bytes_max of them the request ends in EntityTooLarge.
  StreamedBody(const Headers& headers, uint64_t bytes_max, ChunkReader::Out out);

  // What is wrong is told by settle(), in the service's own words. An error here ends a client that
  // goes on and on.
  Status write(std::string_view bytes) override;
  uint64_t size() const override { return size_; }
  std::string sha256() override;

  // All has come. Errors: of out, EntityTooLarge, of unpack_streaming.
  Status settle(HttpRequest& request, const Verified* verified);
  uint64_t data_size() const { return data_size_; }
  const Checksums& checksums() const { return checksums_; }  // of the data; once settled

 private:
  Status take(std::string_view data);

  uint64_t bytes_max_, size_ = 0, data_size_ = 0;
  ChunkReader::Out out_;
  Checksums checksums_;
  std::unique_ptr<Digest> hash_;  // where the signature covers it
  std::unique_ptr<ChunkReader> chunks_;
  Status failed_;
};

// S3's words for what is longer than a PUT may be.
Error entity_too_large(uint64_t size, uint64_t bytes_max);

}  // namespace mainstay::wire
