#include "wire/gzip.hh"

#include <zlib.h>

namespace mainstay::wire {
namespace {

constexpr int gzip_window = 15 + 16;  // zlib's largest window, with gzip's header

Bytef* input_of(std::string_view data) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
}

}  // namespace

std::string gzip(std::string_view data) {
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, data.size()), '\0');
  stream.next_in = input_of(data);
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Result<std::string> gunzip(std::string_view data, size_t bytes_max) {
  z_stream stream{};
  inflateInit2(&stream, gzip_window);
  stream.next_in = input_of(data);
  stream.avail_in = static_cast<uInt>(data.size());
  std::string out;
  char buffer[16 * 1024];
  int code = Z_OK;
  while (code == Z_OK && out.size() <= bytes_max) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    code = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer, sizeof buffer - stream.avail_out);
  }
  inflateEnd(&stream);
  if (out.size() > bytes_max)
    return aws_error("SerializationException",
                     "The unpacked body is larger than " + std::to_string(bytes_max) + " bytes");
  if (code != Z_STREAM_END)
    return aws_error("SerializationException", "The body is not valid gzip data");
  return out;
}

}  // namespace mainstay::wire
