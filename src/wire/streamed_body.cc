#include "wire/streamed_body.hh"

#include "base/text.hh"
#include "base/value.hh"

namespace mainstay::wire {
namespace {

// What a client may still send once all is lost, to get to its answer.
constexpr uint64_t patience_bytes = 64 << 20;

bool is_hash(std::string_view text) {
  return text.size() == 64 && hex_decode(text).has_value();
}

}  // namespace

Error entity_too_large(uint64_t size, uint64_t bytes_max) {
  Error error =
      aws_error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
  error.fields = std::make_shared<const Value>(Value::map(
      {{"ProposedSize", std::to_string(size)}, {"MaxSizeAllowed", std::to_string(bytes_max)}}));
  return error;
}

StreamedBody::StreamedBody(const Headers& headers, uint64_t bytes_max, ChunkReader::Out out)
    : bytes_max_(bytes_max), out_(std::move(out)), checksums_(checksums_of(headers)) {
  if (is_hash(headers.get("x-amz-content-sha256"))) hash_ = std::make_unique<Digest>("sha256");
  if (!is_streaming(headers)) return;
  auto is_signed = is_signed_form(headers);
  if (!is_signed.has_value()) failed_ = is_signed.error();
  chunks_ = std::make_unique<ChunkReader>(is_signed.value_or(false),
                                          [this](std::string_view data) { return take(data); });
}

Status StreamedBody::write(std::string_view bytes) {
  size_ += bytes.size();
  if (!failed_.has_value())
    return size_ < bytes_max_ + patience_bytes ? Status() : Status(failed_.error());
  if (hash_) hash_->update(bytes);
  if (chunks_)
    chunks_->feed(bytes);
  else
    failed_ = take(bytes);
  return {};
}

Status StreamedBody::take(std::string_view data) {
  data_size_ += data.size();
  if (data_size_ > bytes_max_) return failed_ = entity_too_large(data_size_, bytes_max_);
  checksums_.update(data);
  return out_(data);
}

std::string StreamedBody::sha256() {
  return hash_ ? hex_encode(std::exchange(hash_, nullptr)->finish()) : "";
}

Status StreamedBody::settle(HttpRequest& request, const Verified* verified) {
  CHECK_OK(failed_);
  checksums_.finish();
  if (!chunks_) return {};
  CHECK_OK(settle_streaming(request, *chunks_, verified));
  return check_checksums(request.headers, checksums_);
}

}  // namespace mainstay::wire
