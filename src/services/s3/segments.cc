#include "base/text.hh"
#include "services/s3/bucket.hh"
#include "services/s3/sealed.hh"
#include "store/blobs.hh"
#include "wire/checksum.hh"

// Writing the bytes of objects. A segment's document: Size, and Data (in the document) or Blob (a
// name); Sealed, the plain bytes of each piece, where it is encrypted.
namespace mainstay::s3 {
namespace {

constexpr size_t inline_bytes_max = 64 << 10;

// Until the change is kept, or never was.
void keep_with_change(Call& call, const std::string& blob) {
  auto& blobs = call.blobs();
  call.after_failure.push_back([&blobs, blob] { blobs.remove(blob); });
}

Value segment_of(size_t size, std::string_view data_key) {
  Value segment = Value::map({{"Size", size}});
  if (!data_key.empty()) segment.set("Sealed", sealed_piece_bytes);
  return segment;
}

// The next piece of a source, whole unless it ends.
Result<std::string> next_piece(BodySource& source) {
  std::string piece;
  piece.reserve(sealed_piece_bytes);
  while (piece.size() < sealed_piece_bytes) {
    TRY(BodySource::Next next, source.read(piece, sealed_piece_bytes - piece.size()));
    if (next != BodySource::Next::more) break;
  }
  return piece;
}

}  // namespace

Payload::Payload(Call& call, const Value& in)
    : upload_(call.upload), data_(upload_ ? std::string_view() : in["Body"].as_bytes()) {}

size_t Payload::size() const {
  return upload_ ? upload_->data_size() : data_.size();
}

std::string Payload::checksum(std::string_view algorithm) const {
  return (upload_ ? upload_->checksums().find(algorithm) : wire::checksum(algorithm, data_))
      .value_or("");
}

std::string Payload::etag() const {
  return "\"" + hex_encode(base64_decode(checksum("md5")).value_or("")) + "\"";
}

Result<Value> write_segment(Call& call, BodySource& source, size_t size, std::string_view data_key,
                            wire::Checksums* sums) {
  Value segment = segment_of(size, data_key);
  bool is_small = size + sealed_overhead_bytes <= inline_bytes_max;
  std::string name = call.random.hex(32);
  std::unique_ptr<store::Blobs::Writer> writer;
  if (!is_small) {
    TRY(writer, call.blobs().begin(name));
  }
  std::string stored;
  for (size_t number = 0, done = 0; done < size || number == 0; ++number) {
    TRY(std::string piece, next_piece(source));
    if (piece.empty() && done < size)
      return aws_error("InternalError", "stored data is shorter than its size", 500);
    done += piece.size();
    if (sums) sums->update(piece);
    stored = data_key.empty() ? std::move(piece) : seal_piece(piece, data_key, number);
    if (writer) CHECK_OK(writer->write(stored));
  }
  if (!writer) return segment.set("Data", Bytes{std::move(stored)});
  CHECK_OK(writer->keep());
  keep_with_change(call, name);
  return segment.set("Blob", name);
}

// What came as a blob is one already, unless it has to be sealed or is small.
Result<Value> write_segment(Call& call, const Payload& payload, std::string_view data_key) {
  if (!payload.upload()) {
    std::string_view data = payload.data();
    if (data_key.empty() && data.size() > inline_bytes_max) {
      std::string name = call.random.hex(32);
      CHECK_OK(call.blobs().write(name, data));
      keep_with_change(call, name);
      return segment_of(data.size(), "").set("Blob", name);
    }
    if (data_key.empty()) return segment_of(data.size(), "").set("Data", Bytes{std::string(data)});
    TextSource source(data);
    return write_segment(call, source, data.size(), data_key, nullptr);
  }
  TRY(std::string name, payload.upload()->keep());
  Value plain = segment_of(payload.size(), "").set("Blob", name);
  if (data_key.empty() && payload.size() > inline_bytes_max) {
    keep_with_change(call, name);
    return plain;
  }
  Value object = Value::map({{"_Segments", Value::list({plain})}});
  auto source = open_segments(call, object, 0, payload.size(), "");
  call.blobs().remove(name);  // once the source is done with it
  return write_segment(call, *source, payload.size(), data_key, nullptr);
}

Result<Value> link_segments(Call& call, const Value& object) {
  Value out = Value::list();
  for (Value segment : object["_Segments"].items()) {
    if (segment.has("Blob")) {
      std::string name = call.random.hex(32);
      CHECK_OK(call.blobs().link(segment["Blob"].as_string(), name));
      keep_with_change(call, name);
      segment.set("Blob", name);
    }
    out.push_back(std::move(segment));
  }
  return out;
}

void discard_segments(Call& call, const Value& object) {
  auto& blobs = call.blobs();
  for (const Value& segment : object["_Segments"].items())
    if (segment.has("Blob"))
      call.after_commit.push_back(
          [&blobs, name = segment["Blob"].as_string()] { blobs.remove(name); });
}

}  // namespace mainstay::s3
