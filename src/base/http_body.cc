#include "base/http_body.hh"

namespace mainstay {

Result<std::string> read_whole(BodySource& source, size_t bytes_max) {
  constexpr size_t piece_bytes = 1 << 20;
  Error too_large("BodyTooLarge", "a body is longer than " + std::to_string(bytes_max) + " bytes");
  if (source.size().value_or(0) > bytes_max) return too_large;
  std::string whole;
  whole.reserve(source.size().value_or(0));
  while (true) {
    TRY(BodySource::Next next, source.read(whole, piece_bytes));
    if (next == BodySource::Next::ended) return whole;
    if (next == BodySource::Next::waiting || whole.size() > bytes_max) return too_large;
  }
}

}  // namespace mainstay
