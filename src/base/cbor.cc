#include "base/cbor.hh"

#include <bit>
#include <cmath>
#include <limits>

namespace mainstay {
namespace {

enum Major : uint8_t {
  unsigned_int,
  negative_int,
  byte_string,
  text_string,
  array,
  map,
  tag,
  simple
};

void append_big_endian(std::string& out, uint64_t n, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(n >> shift & 0xff);
}

void append_head(std::string& out, Major major, uint64_t n) {
  auto first = [&](unsigned info) { out += static_cast<char>(major << 5 | info); };
  if (n < 24) {
    first(static_cast<unsigned>(n));
  } else if (n <= 0xff) {
    first(24);
    append_big_endian(out, n, 1);
  } else if (n <= 0xffff) {
    first(25);
    append_big_endian(out, n, 2);
  } else if (n <= 0xffffffff) {
    first(26);
    append_big_endian(out, n, 4);
  } else {
    first(27);
    append_big_endian(out, n, 8);
  }
}

void append_text(std::string& out, std::string_view text) {
  append_head(out, text_string, text.size());
  out += text;
}

void append_double(std::string& out, double d) {
  out += '\xfb';
  append_big_endian(out, std::bit_cast<uint64_t>(d), 8);
}

void append_int(std::string& out, int64_t i) {
  if (i >= 0) {
    append_head(out, unsigned_int, static_cast<uint64_t>(i));
  } else {
    append_head(out, negative_int, static_cast<uint64_t>(-(i + 1)));
  }
}

void append_time(std::string& out, Time t) {
  append_head(out, tag, 1);
  if (t.ms % 1000 == 0) {
    append_int(out, t.ms / 1000);
  } else {
    append_double(out, static_cast<double>(t.ms) / 1000);
  }
}

size_t head_size(uint64_t n) {
  return n < 24 ? 1 : n <= 0xff ? 2 : n <= 0xffff ? 3 : n <= 0xffffffff ? 5 : 9;
}

size_t int_size(int64_t i) {
  return head_size(static_cast<uint64_t>(i >= 0 ? i : -(i + 1)));
}

size_t text_size(std::string_view text) {
  return head_size(text.size()) + text.size();
}

constexpr size_t double_size = 9;

double half_to_double(unsigned half) {
  int exponent = static_cast<int>(half >> 10 & 0x1f);
  int mantissa = static_cast<int>(half & 0x3ff);
  double value = exponent == 0    ? std::ldexp(mantissa, -24)
                 : exponent != 31 ? std::ldexp(mantissa + 1024, exponent - 25)
                 : mantissa == 0  ? std::numeric_limits<double>::infinity()
                                  : std::numeric_limits<double>::quiet_NaN();
  return half & 0x8000 ? -value : value;
}

struct Head {
  Major major = unsigned_int;
  unsigned info = 0;
  uint64_t n = 0;
  bool indefinite() const { return info == 31; }
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool done() const { return at_ == bytes_.size(); }

  Result<Value> value(int depth) {
    TRY(Head head, read_head());
    switch (head.major) {
      case unsigned_int:
        return integer(head.n);
      case negative_int:
        if (head.n > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
          return Value(-1.0 - static_cast<double>(head.n));
        return Value(-1 - static_cast<int64_t>(head.n));
      case byte_string: {
        TRY(std::string data, chunks(head));
        return Value(Bytes{std::move(data)});
      }
      case text_string: {
        TRY(std::string data, chunks(head));
        return Value(std::move(data));
      }
      case array:
        return list(head, depth);
      case map:
        return members(head, depth);
      case tag:
        return tagged(head.n, depth);
      case simple:
        return simple_value(head);
    }
    return fail("unknown major type");
  }

  Error fail(std::string_view what) const {
    return Error("CborInvalid",
                 "not valid CBOR at byte " + std::to_string(at_) + ": " + std::string(what), 400);
  }

 private:
  Result<Head> read_head() {
    if (done()) return fail("unexpected end");
    unsigned first = static_cast<unsigned char>(bytes_[at_++]);
    Head head{static_cast<Major>(first >> 5), first & 31, first & 31};
    if (head.info >= 28 && head.info < 31) return fail("reserved length");
    if (head.info == 31) {
      if (head.major < byte_string || head.major == tag) return fail("indefinite number");
      return head;
    }
    if (head.info < 24) return head;
    size_t width = size_t{1} << (head.info - 24);
    if (bytes_.size() - at_ < width) return fail("unexpected end");
    head.n = 0;
    for (size_t i = 0; i < width; ++i)
      head.n = head.n << 8 | static_cast<unsigned char>(bytes_[at_++]);
    return head;
  }

  static Value integer(uint64_t n) {
    if (n > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      return Value(static_cast<double>(n));
    return Value(static_cast<int64_t>(n));
  }

  Result<std::string> take(uint64_t n) {
    if (n > bytes_.size() - at_) return fail("length past the end");
    std::string out(bytes_.substr(at_, n));
    at_ += n;
    return out;
  }

  bool take_break() {
    if (done() || static_cast<unsigned char>(bytes_[at_]) != 0xff) return false;
    ++at_;
    return true;
  }

  Result<std::string> chunks(const Head& head) {
    if (!head.indefinite()) return take(head.n);
    std::string out;
    while (!take_break()) {
      TRY(Head part, read_head());
      if (part.major != head.major || part.indefinite()) return fail("bad chunk");
      TRY(std::string data, take(part.n));
      out += data;
    }
    return out;
  }

  Result<Value> list(const Head& head, int depth) {
    if (depth <= 0) return fail("nested too deeply");
    List out;
    for (uint64_t i = 0; head.indefinite() ? !take_break() : i < head.n; ++i) {
      TRY(Value item, value(depth - 1));
      out.push_back(std::move(item));
    }
    return Value(std::move(out));
  }

  Result<Value> members(const Head& head, int depth) {
    if (depth <= 0) return fail("nested too deeply");
    Map out;
    for (uint64_t i = 0; head.indefinite() ? !take_break() : i < head.n; ++i) {
      TRY(Value key, value(depth - 1));
      if (!key.is_string()) return fail("map key is not text");
      TRY(Value item, value(depth - 1));
      out.set(key.as_string(), std::move(item));
    }
    return Value(std::move(out));
  }

  Result<Value> tagged(uint64_t number, int depth) {
    if (depth <= 0) return fail("nested too deeply");
    TRY(Value inner, value(depth - 1));
    if (number != 1) return inner;
    if (!inner.is_number()) return fail("timestamp is not a number");
    double ms = inner.as_real() * 1000;
    if (!(std::abs(ms) < 9e18)) return fail("timestamp out of range");
    return Value(Time{inner.is_int() ? inner.as_int() * 1000 : std::llround(ms)});
  }

  Result<Value> simple_value(const Head& head) {
    switch (head.info) {
      case 20:
        return Value(false);
      case 21:
        return Value(true);
      case 22:
      case 23:
        return Value();
      case 25:
        return Value(half_to_double(static_cast<unsigned>(head.n)));
      case 26:
        return Value(static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(head.n))));
      case 27:
        return Value(std::bit_cast<double>(head.n));
      default:
        return fail("unknown simple value");
    }
  }

  std::string_view bytes_;
  size_t at_ = 0;
};

}  // namespace

void append_cbor(std::string& out, const Value& v) {
  switch (v.kind()) {
    case Value::Kind::null:
      out += '\xf6';
      break;
    case Value::Kind::boolean:
      out += v.as_bool() ? '\xf5' : '\xf4';
      break;
    case Value::Kind::integer:
      append_int(out, v.as_int());
      break;
    case Value::Kind::real:
      append_double(out, v.as_real());
      break;
    case Value::Kind::string:
      append_text(out, v.as_string());
      break;
    case Value::Kind::bytes:
      append_head(out, byte_string, v.as_bytes().size());
      out += v.as_bytes();
      break;
    case Value::Kind::time:
      append_time(out, v.as_time());
      break;
    case Value::Kind::list:
      append_head(out, array, v.size());
      for (const Value& item : v.items()) append_cbor(out, item);
      break;
    case Value::Kind::map:
      append_head(out, map, v.size());
      for (const auto& [key, item] : v.members()) {
        append_text(out, key);
        append_cbor(out, item);
      }
      break;
  }
}

size_t cbor_size(const Value& v) {
  size_t size = 0;
  switch (v.kind()) {
    case Value::Kind::null:
    case Value::Kind::boolean:
      return 1;
    case Value::Kind::integer:
      return int_size(v.as_int());
    case Value::Kind::real:
      return double_size;
    case Value::Kind::string:
      return text_size(v.as_string());
    case Value::Kind::bytes:
      return text_size(v.as_bytes());
    case Value::Kind::time:
      return 1 + (v.as_time().ms % 1000 == 0 ? int_size(v.as_time().ms / 1000) : double_size);
    case Value::Kind::list:
      size = head_size(v.size());
      for (const Value& item : v.items()) size += cbor_size(item);
      return size;
    case Value::Kind::map:
      size = head_size(v.size());
      for (const auto& [key, item] : v.members()) size += text_size(key) + cbor_size(item);
      return size;
  }
  return size;
}

void append_cbor_text(std::string& out, std::string_view text) {
  append_text(out, text);
}

void append_cbor_list(std::string& out, size_t items) {
  append_head(out, array, items);
}

std::string to_cbor(const Value& v) {
  std::string out;
  append_cbor(out, v);
  return out;
}

Result<Value> parse_cbor(std::string_view bytes, int depth_max) {
  Reader reader(bytes);
  TRY(Value v, reader.value(depth_max));
  if (!reader.done()) return reader.fail("data after the value");
  return v;
}

}  // namespace mainstay
