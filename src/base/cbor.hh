// CBOR (RFC 8949) to Value and back, every kind kept: bytes as byte strings, times as tag 1.
// Used by the journal and by the rpc-v2-cbor protocol.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay {

std::string to_cbor(const Value& v);
void append_cbor(std::string& out, const Value& v);
// How long to_cbor(v) is, without making it.
size_t cbor_size(const Value& v);

// Beginnings of what append_cbor would write, for whoever has the items as bytes already.
void append_cbor_text(std::string& out, std::string_view text);
void append_cbor_list(std::string& out, size_t items);

// Walks over values as append_cbor writes them without making them. What it lets pass, parse_cbor
// takes, too. Nothing: something else stands there.
class CborSkimmer {
 public:
  explicit CborSkimmer(std::string_view bytes) : bytes_(bytes) {}
  bool done() const { return at_ == bytes_.size(); }
  std::optional<size_t> list();            // its items follow
  std::optional<std::string_view> text();  // of a text string
  std::optional<std::string_view> value(int depth_max);

 private:
  struct Head {
    unsigned major = 0, info = 0;
    uint64_t n = 0;
  };
  std::optional<Head> head();
  bool skip(int depth);
  bool skip_bytes(uint64_t count);
  bool skip_time();

  std::string_view bytes_;
  size_t at_ = 0;
};

// Definite and indefinite lengths, half, single and double floats. Errors: "CborInvalid" with the
// byte offset. Limits: depth_max levels; lengths never exceed the input.
Result<Value> parse_cbor(std::string_view bytes, int depth_max = 64);

}  // namespace mainstay
