#include "wire/scalar.hh"

#include <charconv>

#include "base/text.hh"

namespace mainstay::wire {

std::string format_time(Time t, TimestampFormat format) {
  switch (format) {
    case TimestampFormat::epoch:
      return format_epoch(t);
    case TimestampFormat::http_date:
      return format_http_date(t);
    case TimestampFormat::iso8601_ms:
      return format_iso8601(t, true);
    default:
      return format_iso8601_short(t);
  }
}

bool to_time(const Value& v, Time& out) {
  if (v.is_time()) {
    out = v.as_time();
    return true;
  }
  auto parsed = v.is_bytes() ? std::nullopt : parse_time(v.to_text());
  if (parsed) out = *parsed;
  return parsed.has_value();
}

std::string_view type_name(Type type) {
  static constexpr std::string_view names[] = {"Structure", "List",     "Map",     "String",
                                               "Blob",      "Boolean",  "Integer", "Long",
                                               "Double",    "Timestamp"};
  return names[static_cast<size_t>(type)];
}

void append_scalar(std::string& out, const Value& v, const Member& member,
                   TimestampFormat otherwise) {
  if (v.is_int()) {
    char buffer[24];
    if (member.shape->type != Type::timestamp) {
      out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, v.as_int()).ptr);
      return;
    }
  }
  Time t;
  switch (member.shape->type) {
    case Type::blob:
      out += base64_encode(v.as_bytes());
      return;
    case Type::timestamp:
      if (to_time(v, t)) {
        bool own = member.timestamp_format != TimestampFormat::unset;
        out += format_time(t, own ? member.timestamp_format : otherwise);
        return;
      }
      break;
    default:
      break;
  }
  if (v.is_string()) {
    out += v.as_string();
  } else {
    out += v.to_text();
  }
}

std::string scalar_text(const Value& v, const Member& member, TimestampFormat otherwise) {
  std::string out;
  append_scalar(out, v, member, otherwise);
  return out;
}

namespace {

Error not_a(Type type, std::string_view text) {
  constexpr size_t shown_max = 100;
  return aws_error("SerializationException",
                   "'" + printable(text.substr(0, shown_max)) + "' can not be converted to " +
                       (type == Type::integer ? "an " : "a ") + std::string(type_name(type)));
}

}  // namespace

Result<Value> parse_scalar(std::string_view text, const Member& member) {
  Type type = member.shape->type;
  switch (type) {
    case Type::boolean:
      if (equals_ignoring_case(text, "true")) return Value(true);
      if (equals_ignoring_case(text, "false")) return Value(false);
      return not_a(type, text);
    case Type::integer:
    case Type::long_integer:
      if (auto i = parse_int(text)) return Value(*i);
      return not_a(type, text);
    case Type::real:
      if (auto d = parse_real(text)) return Value(*d);
      return not_a(type, text);
    case Type::timestamp:
      if (auto t = parse_time(text)) return Value(*t);
      return not_a(type, text);
    case Type::blob:
      if (auto data = base64_decode(text)) return Value(Bytes{std::move(*data)});
      return not_a(type, text);
    default:
      return Value(text);
  }
}

}  // namespace mainstay::wire
