#include "wire/json_codec.hh"

#include "base/json.hh"
#include "base/text.hh"
#include "wire/scalar.hh"

namespace mainstay::wire {
namespace {

// AWS's word for what was found.
std::string_view token_name(const Value& v) {
  switch (v.kind()) {
    case Value::Kind::boolean:
      return v.as_bool() ? "TRUE_VALUE" : "FALSE_VALUE";
    case Value::Kind::integer:
      return "NUMBER_VALUE";
    case Value::Kind::real:
      return "DECIMAL_VALUE";
    default:
      return "STRING_VALUE";
  }
}

Error cannot_convert(const Value& v, Type type) {
  std::string message;
  if (v.is_map()) {
    message = "Start of structure or map found where not expected.";
  } else if (v.is_list()) {
    message = "Start of list found where not expected";
  } else if (type <= Type::map) {
    message = "Unexpected field type";
  } else {
    message = std::string(token_name(v)) + " can not be converted to " +
              (type == Type::integer ? "an " : "a ") + std::string(type_name(type));
  }
  return aws_error("SerializationException", std::move(message));
}

class Reader {
 public:
  explicit Reader(Notation notation) : notation_(notation) {}

  Result<Value> read(const Member& member, Value&& v) const {
    return read(*member.shape, std::move(v));
  }

  Result<Value> read(const Shape& shape, Value&& v) const {
    if (shape.document) return std::move(v);
    switch (shape.type) {
      case Type::structure:
        return structure(shape, std::move(v));
      case Type::list:
        return list(shape, std::move(v));
      case Type::map:
        return map(shape, std::move(v));
      default:
        return scalar(shape.type, std::move(v));
    }
  }

 private:
  Result<Value> structure(const Shape& shape, Value&& v) const {
    if (!v.is_map()) return cannot_convert(v, shape.type);
    Map& in = v.make_map();
    Map out;
    out.reserve(in.size());
    for (size_t i = 0; i < in.size(); ++i) {
      Value& item = in.nth_value(i);
      if (item.is_null()) continue;
      const Member* member = shape.by_wire_name(in.nth(i).first);
      if (member == nullptr) continue;
      TRY(Value read_item, read(*member, std::move(item)));
      out.set(member->name, std::move(read_item));
    }
    return Value(std::move(out));
  }

  Result<Value> list(const Shape& shape, Value&& v) const {
    if (!v.is_list()) return cannot_convert(v, shape.type);
    List& items = v.make_list();
    for (Value& item : items) {
      if (item.is_null()) continue;
      TRY(item, read(shape.element(), std::move(item)));
    }
    return std::move(v);
  }

  Result<Value> map(const Shape& shape, Value&& v) const {
    if (!v.is_map()) return cannot_convert(v, shape.type);
    Map& in = v.make_map();
    bool nulls = false;
    for (size_t i = 0; i < in.size(); ++i) {
      Value& item = in.nth_value(i);
      nulls |= item.is_null();
      if (item.is_null()) continue;
      TRY(item, read(shape.value(), std::move(item)));
    }
    if (!nulls) return std::move(v);
    Map out;
    for (const auto& [key, item] : in)
      if (!item.is_null()) out.set(key, item);
    return Value(std::move(out));
  }

  Result<Value> scalar(Type type, Value&& v) const {
    if (v.is_list() || v.is_map()) return cannot_convert(v, type);
    switch (type) {
      case Type::string:
        if (!v.is_string()) return cannot_convert(v, type);
        return std::move(v);
      case Type::boolean:
        if (!v.is_bool()) return cannot_convert(v, type);
        return std::move(v);
      case Type::integer:
      case Type::long_integer:
        return integer(type, v);
      case Type::real:
        return real(v);
      case Type::timestamp:
        return timestamp(v);
      default:
        return blob(std::move(v));
    }
  }

  // AWS truncates a fraction.
  static Result<Value> integer(Type type, const Value& v) {
    if (!v.is_number()) return cannot_convert(v, type);
    if (v.is_int()) return v;
    double d = v.as_real();
    if (!(d > -9.2e18 && d < 9.2e18)) return cannot_convert(v, type);
    return Value(static_cast<int64_t>(d));
  }

  static Result<Value> real(const Value& v) {
    if (v.is_number()) return Value(v.as_real());
    auto special = v.is_string() ? parse_real(v.as_string()) : std::nullopt;
    if (!special) return cannot_convert(v, Type::real);
    return Value(*special);
  }

  static Result<Value> timestamp(const Value& v) {
    Time t;
    if (v.is_bool() || !to_time(v, t)) return cannot_convert(v, Type::timestamp);
    return Value(t);
  }

  Result<Value> blob(Value&& v) const {
    if (v.is_bytes()) return std::move(v);
    if (!v.is_string()) return cannot_convert(v, Type::blob);
    if (notation_ == Notation::cbor) return Value(Bytes{v.as_string()});
    auto data = base64_decode(v.as_string());
    if (!data) return aws_error("SerializationException", "Base64 data is not valid");
    return Value(Bytes{std::move(*data)});
  }

  Notation notation_;
};

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void structure(const Shape& shape, const Value& v, bool body_only) {
    out_ += '{';
    bool first = true;
    for (const Member& member : shape.members) {
      if (body_only && member.location != Location::body) continue;
      const Value* item = v.find(member.name);
      if (item == nullptr || item->is_null()) continue;
      if (!std::exchange(first, false)) out_ += ',';
      append_json_string(out_, member.wire_name);
      out_ += ':';
      write(member, *item);
    }
    out_ += '}';
  }

  void write(const Member& member, const Value& v) {
    const Shape& shape = *member.shape;
    if (member.jsonvalue)
      return append_json_string(out_, v.is_string() ? v.as_string() : to_json(v));
    if (shape.document || v.is_null()) return append_json(out_, v);
    switch (shape.type) {
      case Type::structure:
        return structure(shape, v, false);
      case Type::list:
        return list(shape, v);
      case Type::map:
        return map(shape, v);
      case Type::timestamp:
        return timestamp(member, v);
      case Type::blob:
        return append_json_string(out_, base64_encode(v.as_bytes()));
      case Type::string:
        if (v.is_string()) return append_json_string(out_, v.as_string());
        return append_json_string(out_, v.to_text());
      default:
        append_json(out_, v);
    }
  }

 private:
  void list(const Shape& shape, const Value& v) {
    out_ += '[';
    bool first = true;
    for (const Value& item : v.items()) {
      if (!std::exchange(first, false)) out_ += ',';
      write(shape.element(), item);
    }
    out_ += ']';
  }

  void map(const Shape& shape, const Value& v) {
    out_ += '{';
    bool first = true;
    for (const auto& [key, item] : v.members()) {
      if (!std::exchange(first, false)) out_ += ',';
      append_json_string(out_, key);
      out_ += ':';
      write(shape.value(), item);
    }
    out_ += '}';
  }

  void timestamp(const Member& member, const Value& v) {
    std::string text = scalar_text(v, member, TimestampFormat::epoch);
    bool number = member.timestamp_format == TimestampFormat::epoch ||
                  member.timestamp_format == TimestampFormat::unset;
    if (number && parse_real(text)) {
      out_ += text;
    } else {
      append_json_string(out_, text);
    }
  }

  std::string& out_;
};

Value to_cbor_document(const Member& member, const Value& v);

Value list_to_cbor(const Shape& shape, const Value& v) {
  List out;
  out.reserve(v.size());
  for (const Value& item : v.items()) out.push_back(to_cbor_document(shape.element(), item));
  return Value(std::move(out));
}

Value map_to_cbor(const Shape& shape, const Value& v) {
  Map out;
  out.reserve(v.size());
  for (const auto& [key, item] : v.members()) out.set(key, to_cbor_document(shape.value(), item));
  return Value(std::move(out));
}

Value to_cbor_document(const Member& member, const Value& v) {
  const Shape& shape = *member.shape;
  Time t;
  switch (shape.type) {
    case Type::structure:
      return shape.document ? v : shape_to_cbor_document(shape, v);
    case Type::list:
      return list_to_cbor(shape, v);
    case Type::map:
      return map_to_cbor(shape, v);
    case Type::blob:
      return v.is_null() ? v : Value(Bytes{v.as_bytes()});
    case Type::timestamp:
      return to_time(v, t) ? Value(t) : v;
    case Type::real:
      return v.is_int() ? Value(v.as_real()) : v;
    default:
      return v;
  }
}

}  // namespace

Result<Value> shape_from_document(const Shape& shape, Value&& document, Notation notation) {
  return Reader(notation).read(shape, std::move(document));
}

void append_shape_json(std::string& out, const Shape& shape, const Value& v, bool body_only) {
  Writer writer(out);
  if (shape.type == Type::structure && !shape.document)
    return writer.structure(shape, v, body_only);
  Member whole;
  whole.shape = &shape;
  writer.write(whole, v);
}

Value shape_to_cbor_document(const Shape& shape, const Value& v) {
  Map out;
  for (const Member& member : shape.members)
    if (const Value* item = v.find(member.name); item != nullptr && !item->is_null())
      out.set(member.wire_name, to_cbor_document(member, *item));
  return Value(std::move(out));
}

}  // namespace mainstay::wire
