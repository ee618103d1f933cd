#include "base/json.hh"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cmath>

#include "base/text.hh"

namespace mainstay {
namespace {

namespace bj = boost::json;

// Builds a Value from Boost.JSON's events: a stack of open containers.
struct Builder {
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

  std::vector<Value> open;
  std::vector<std::string> keys;
  std::string text;
  Value result;

  void add(Value v) {
    if (open.empty()) {
      result = std::move(v);
    } else if (open.back().is_list()) {
      open.back().make_list().push_back(std::move(v));
    } else {
      open.back().make_map().set(keys.back(), std::move(v));
      keys.pop_back();
    }
  }
  bool close() {
    Value v = std::move(open.back());
    open.pop_back();
    add(std::move(v));
    return true;
  }

  using Code = boost::system::error_code;
  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return open.emplace_back(Map()), true; }
  bool on_object_end(std::size_t, Code&) { return close(); }
  bool on_array_begin(Code&) { return open.emplace_back(List()), true; }
  bool on_array_end(std::size_t, Code&) { return close(); }
  bool on_key_part(bj::string_view s, std::size_t, Code&) { return text.append(s), true; }
  bool on_key(bj::string_view s, std::size_t, Code&) {
    text.append(s);
    keys.push_back(std::exchange(text, {}));
    return true;
  }
  bool on_string_part(bj::string_view s, std::size_t, Code&) { return text.append(s), true; }
  bool on_string(bj::string_view s, std::size_t, Code&) {
    text.append(s);
    add(Value(std::exchange(text, {})));
    return true;
  }
  bool on_number_part(bj::string_view, Code&) { return true; }
  bool on_int64(int64_t i, bj::string_view, Code&) { return add(Value(i)), true; }
  bool on_uint64(uint64_t u, bj::string_view, Code&) {
    return add(Value(static_cast<double>(u))), true;
  }
  bool on_double(double d, bj::string_view, Code&) { return add(Value(d)), true; }
  bool on_bool(bool b, Code&) { return add(Value(b)), true; }
  bool on_null(Code&) { return add(Value()), true; }
  bool on_comment_part(bj::string_view, Code&) { return true; }
  bool on_comment(bj::string_view, Code&) { return true; }
};

Position place_of(std::string_view text, size_t offset) {
  std::string_view before = text.substr(0, offset);
  Position p;
  p.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  size_t newline = before.rfind('\n');
  p.column =
      1 + static_cast<int>(newline == std::string_view::npos ? offset : offset - newline - 1);
  return p;
}

void append_real(std::string& out, double d) {
  if (std::isfinite(d)) {
    out += Value(d).to_text();
  } else {
    append_json_string(out, Value(d).to_text());
  }
}

struct Writer {
  std::string& out;
  bool pretty = false;
  bool sorted = false;

  void newline(int depth) {
    if (!pretty) return;
    out += '\n';
    out.append(static_cast<size_t>(depth) * 2, ' ');
  }
  void scalar(const Value& v) {
    switch (v.kind()) {
      case Value::Kind::null:
        out += "null";
        break;
      case Value::Kind::real:
        append_real(out, v.as_real());
        break;
      case Value::Kind::string:
        append_json_string(out, v.as_string());
        break;
      case Value::Kind::bytes:
        append_json_string(out, base64_encode(v.as_bytes()));
        break;
      case Value::Kind::time:
        out += format_epoch(v.as_time());
        break;
      default:
        out += v.to_text();
    }
  }
  void list(const Value& v, int depth) {
    out += '[';
    bool first = true;
    for (const Value& item : v.items()) {
      if (!std::exchange(first, false)) out += ',';
      newline(depth + 1);
      write(item, depth + 1);
    }
    if (!first) newline(depth);
    out += ']';
  }
  void map(const Map& m, int depth) {
    out += '{';
    bool first = true;
    for (const auto& [key, item] : m) {
      if (!std::exchange(first, false)) out += ',';
      newline(depth + 1);
      append_json_string(out, key);
      out += pretty ? ": " : ":";
      write(item, depth + 1);
    }
    if (!first) newline(depth);
    out += '}';
  }
  void write(const Value& v, int depth) {
    if (v.is_list()) return list(v, depth);
    if (!v.is_map()) return scalar(v);
    if (!sorted) return map(v.members(), depth);
    Map copy = v.members();
    copy.sort();
    map(copy, depth);
  }
};

}  // namespace

Result<Value> parse_json(std::string_view text, int depth_max) {
  bj::parse_options options;
  options.max_depth = static_cast<std::size_t>(depth_max);
  bj::basic_parser<Builder> parser(options);
  boost::system::error_code code;
  size_t used = parser.write_some(false, text.data(), text.size(), code);
  if (!code && used < text.size()) code = bj::error::extra_data;
  if (code)
    return Error("JsonInvalid", "not valid JSON: " + code.message()).where(place_of(text, used));
  return std::move(parser.handler().result);
}

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += hex[c >> 4];
          out += hex[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_json(std::string& out, const Value& v) {
  Writer{out}.write(v, 0);
}

std::string to_json(const Value& v) {
  std::string out;
  append_json(out, v);
  return out;
}

std::string to_json_pretty(const Value& v) {
  std::string out;
  Writer{out, true, false}.write(v, 0);
  return out;
}

std::string to_canonical_json(const Value& v) {
  std::string out;
  Writer{out, false, true}.write(v, 0);
  return out;
}

}  // namespace mainstay
