// Bodies of HTTP messages that are too long for memory, or not there yet: pulled from a source as
// they are sent, given to a sink as they come.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/http_message.hh"

namespace mainstay {

// A response's body. One thread at a time; owner: the response.
class BodySource {
 public:
  enum class Next : uint8_t {
    more,     // something was added
    waiting,  // nothing is there yet: see when_ready
    ended,
  };
  virtual ~BodySource() = default;
  // In bytes; nothing where it is not known before the end.
  virtual std::optional<uint64_t> size() const = 0;
  // Appends at most `most` bytes to `to`. An error ends the connection, so that nobody takes what
  // came before for all there is.
  virtual Result<Next> read(std::string& to, size_t most) = 0;
  // After `waiting`: `ready` is called once, by any thread, as soon as reading is worth while; at
  // once if it is already. Only sources that may answer `waiting` need it.
  virtual void when_ready(std::function<void()> ready) { ready(); }
};

// A text that outlives it.
class TextSource : public BodySource {
 public:
  explicit TextSource(std::string_view text) : rest_(text), size_(text.size()) {}
  std::optional<uint64_t> size() const override { return size_; }
  Result<Next> read(std::string& to, size_t most) override {
    if (rest_.empty()) return Next::ended;
    to += rest_.substr(0, most);
    rest_.remove_prefix(std::min(most, rest_.size()));
    return Next::more;
  }

 private:
  std::string_view rest_;
  uint64_t size_;
};

// The rest of a source, for who needs the whole; "BodyTooLarge" where it is longer than bytes_max
// or has to be waited for.
Result<std::string> read_whole(BodySource& source, size_t bytes_max);

// Takes a request's body. One thread at a time; owner: the request.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // In order, each byte once. After an error no more comes, and it is the answer.
  virtual Status write(std::string_view bytes) = 0;
  virtual uint64_t size() const = 0;  // what it was given, in bytes
  // Of what it was given, in hex: what a signature covers. After the last write.
  virtual std::string sha256() = 0;
};

// What becomes of a long body, decided once its header is there.
struct BodyPlan {
  std::shared_ptr<BodySink> sink = {};       // takes it; null: it is kept in memory
  std::optional<HttpResponse> refusal = {};  // the answer; the body is not waited for
};

}  // namespace mainstay
