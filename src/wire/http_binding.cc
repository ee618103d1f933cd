#include "wire/http_binding.hh"

#include "base/json.hh"
#include "base/text.hh"
#include "wire/form.hh"
#include "wire/scalar.hh"

namespace mainstay::wire {
namespace {

constexpr TimestampFormat header_time = TimestampFormat::http_date;
constexpr TimestampFormat uri_time = TimestampFormat::iso8601;

// Items of a header list: at commas outside quotes; dates hold a comma of their own.
std::vector<std::string> split_header(std::string_view text, bool dates) {
  std::vector<std::string> items;
  std::string item;
  bool quoted = false, was_quoted = false, comma_seen = false;
  auto finish = [&] {
    items.push_back(was_quoted ? item : std::string(trim(item)));
    item.clear();
    was_quoted = comma_seen = false;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quoted && c == '\\' && i + 1 < text.size()) {
      item += text[++i];
    } else if (c == '"' && (quoted || trim(item).empty())) {
      if (!quoted) item.clear();
      quoted = !quoted;
      was_quoted = true;
    } else if (c == ',' && !quoted && (!dates || std::exchange(comma_seen, true))) {
      finish();
    } else if (!was_quoted || quoted) {
      item += c;
    }
  }
  finish();
  return items;
}

bool in_http_date(const Member& element) {
  return element.shape->type == Type::timestamp &&
         (element.timestamp_format == TimestampFormat::unset ||
          element.timestamp_format == TimestampFormat::http_date);
}

Result<Value> read_header(const Member& member, const std::string& text) {
  if (member.jsonvalue) {
    auto decoded = base64_decode(text);
    if (!decoded) return aws_error("SerializationException", "Base64 data is not valid");
    return Value(std::move(*decoded));
  }
  if (member.shape->type != Type::list) return parse_scalar(text, member);
  const Member& element = member.shape->element();
  List out;
  if (trim(text).empty()) return Value(std::move(out));
  for (const std::string& item : split_header(text, in_http_date(element))) {
    TRY(Value v, parse_scalar(item, element));
    out.push_back(std::move(v));
  }
  return Value(std::move(out));
}

Value read_prefixed(const Member& member, const Headers& headers) {
  Map out;
  std::string prefix = to_lower(member.wire_name);
  if (member.location_name.empty()) prefix.clear();
  for (const auto& [name, value] : headers)
    if (name.size() >= prefix.size() &&
        equals_ignoring_case(std::string_view(name).substr(0, prefix.size()), prefix))
      out.set(std::string_view(name).substr(prefix.size()), Value(value));
  return Value(std::move(out));
}

std::string quoted_header_item(const std::string& text) {
  if (text.find_first_of(",\"") == std::string::npos) return text;
  return '"' + replace_all(replace_all(text, "\\", "\\\\"), "\"", "\\\"") + '"';
}

std::string header_text(const Member& member, const Value& v) {
  if (member.jsonvalue) return base64_encode(v.is_string() ? v.as_string() : to_json(v));
  if (member.shape->type != Type::list) return scalar_text(v, member, header_time);
  const Member& element = member.shape->element();
  std::string out;
  for (const Value& item : v.items()) {
    if (!out.empty()) out += ", ";
    std::string text = scalar_text(item, element, header_time);
    out += element.shape->type == Type::string ? quoted_header_item(text) : text;
  }
  return out;
}

Result<Value> read_query_list(const Member& element, const std::vector<const std::string*>& texts) {
  List out;
  for (const std::string* text : texts) {
    TRY(Value item, parse_scalar(*text, element));
    out.push_back(std::move(item));
  }
  return Value(std::move(out));
}

// A map takes every parameter of the query but the operation's literals; in rest-xml, as its cases
// of the corpus have it, also without those that other members are bound to.
bool map_takes(const Operation& operation, Protocol protocol, std::string_view name) {
  for (const auto& [literal, value] : operation.query_literals)
    if (literal == name) return false;
  if (protocol == Protocol::rest_json) return true;
  const Member* other = operation.input->by_wire_name(name);
  return other == nullptr || other->location != Location::querystring;
}

Value read_query_map(const Operation& operation, Protocol protocol, const Member& member,
                     const Pairs& pairs) {
  Map out;
  for (const auto& [name, value] : pairs) {
    if (!map_takes(operation, protocol, name)) continue;
    if (member.shape->value().shape->type == Type::list) {
      out[name].push_back(Value(value));
    } else {
      out.set(name, Value(value));
    }
  }
  return Value(std::move(out));
}

Status read_query(const Operation& operation, Protocol protocol, const Member& member,
                  const Pairs& pairs, Value& out) {
  if (member.shape->type == Type::map) {
    Value v = read_query_map(operation, protocol, member, pairs);
    if (!v.empty()) out.set(member.name, std::move(v));
    return {};
  }
  std::vector<const std::string*> texts;
  for (const auto& [name, value] : pairs)
    if (name == member.wire_name) texts.push_back(&value);
  if (texts.empty()) return {};
  if (member.shape->type == Type::list) {
    TRY(Value v, read_query_list(member.shape->element(), texts));
    out.set(member.name, std::move(v));
    return {};
  }
  // S3 takes an empty number for none ("max-parts=", recorded).
  bool is_number = member.shape->type == Type::integer || member.shape->type == Type::long_integer;
  if (protocol == Protocol::rest_xml && is_number && texts.front()->empty()) return {};
  TRY(Value v, parse_scalar(*texts.front(), member));
  out.set(member.name, std::move(v));
  return {};
}

Status read_labels(const Operation& operation, const HttpRequest& request, Value& out) {
  std::vector<std::string_view> labels;
  if (!match_path(operation.path, request.path, labels))
    return aws_error("InvalidURI", "Couldn't parse the specified URI.", 400);
  size_t next = 0;
  for (const PathSegment& segment : operation.path) {
    if (segment.kind == PathSegment::Kind::literal) continue;
    std::string_view label = labels[next++];
    const Member* member = operation.input ? operation.input->by_wire_name(segment.text) : nullptr;
    if (member == nullptr) continue;
    TRY(Value v, parse_scalar(percent_decode(label), *member));
    out.set(member->name, std::move(v));
  }
  return {};
}

class QueryWriter {
 public:
  explicit QueryWriter(std::string& out) : out_(out) {}
  void add(std::string_view name, std::string_view value) {
    if (!out_.empty()) out_ += '&';
    out_ += percent_encode(name);
    out_ += '=';
    out_ += percent_encode(value);
  }
  void literal(std::string_view name, std::string_view value) {
    if (!out_.empty()) out_ += '&';
    out_ += name;
    if (!value.empty()) out_ += "=" + std::string(value);
  }
  void member(const Member& m, std::string_view name, const Value& v) {
    if (m.shape->type == Type::list) {
      for (const Value& item : v.items())
        add(name, scalar_text(item, m.shape->element(), uri_time));
    } else {
      add(name, scalar_text(v, m, uri_time));
    }
  }

 private:
  std::string& out_;
};

void write_query(const Operation& operation, const Value& input, std::string& query) {
  QueryWriter writer(query);
  for (const auto& [name, value] : operation.query_literals) writer.literal(name, value);
  if (operation.input == nullptr) return;
  for (const Member& member : operation.input->members) {
    const Value* v = input.find(member.name);
    if (v == nullptr || v->is_null() || member.location != Location::querystring) continue;
    if (member.shape->type != Type::map) {
      writer.member(member, member.wire_name, *v);
      continue;
    }
    // A parameter of its own wins over one of the map.
    for (const auto& [name, item] : v->members()) {
      const Member* own = operation.input->by_wire_name(name);
      bool taken = own != nullptr && own->location == Location::querystring && input.has(own->name);
      if (!taken) writer.member(member.shape->value(), name, item);
    }
  }
}

}  // namespace

bool match_path(const std::vector<PathSegment>& form, std::string_view path,
                std::vector<std::string_view>& labels) {
  if (!path.empty() && path.front() == '/') path.remove_prefix(1);
  for (size_t i = 0; i < form.size(); ++i) {
    if (path.empty()) return false;
    if (form[i].kind == PathSegment::Kind::greedy) {
      // What follows a greedy label is matched from the end.
      std::string_view rest = path;
      for (size_t k = form.size(); k-- > i + 1;) {
        if (form[k].kind != PathSegment::Kind::literal || !rest.ends_with(form[k].text))
          return false;
        rest.remove_suffix(form[k].text.size());
        if (!rest.ends_with('/')) return false;
        rest.remove_suffix(1);
      }
      labels.push_back(rest);
      return !rest.empty();
    }
    std::string_view part = path.substr(0, path.find('/'));
    if (part.empty()) return false;
    if (form[i].kind == PathSegment::Kind::literal && part != form[i].text) return false;
    if (form[i].kind == PathSegment::Kind::label) labels.push_back(part);
    path.remove_prefix(std::min(path.size(), part.size() + 1));
  }
  return path.empty();
}

Status read_headers(const Shape& shape, const Headers& headers, Value& out) {
  for (const Member& member : shape.members) {
    if (member.location == Location::headers) {
      out.set(member.name, read_prefixed(member, headers));
      continue;
    }
    if (member.location != Location::header) continue;
    const std::string* text = headers.find(member.wire_name);
    if (text == nullptr) continue;
    TRY(Value v, read_header(member, *text));
    out.set(member.name, std::move(v));
  }
  return {};
}

Status read_bindings(const Operation& operation, Protocol protocol, const HttpRequest& request,
                     Value& out) {
  auto read = [&]() -> Status {
    CHECK_OK(read_labels(operation, request, out));
    if (operation.input == nullptr) return {};
    Pairs pairs = parse_pairs(request.query);
    for (const Member& member : operation.input->members)
      if (member.location == Location::querystring)
        CHECK_OK(read_query(operation, protocol, member, pairs, out));
    return read_headers(*operation.input, request.headers, out);
  };
  Status status = read();
  if (!status && protocol == Protocol::rest_xml && status.error().code == "SerializationException")
    status.error().code = "InvalidArgument";
  return status;
}

Status write_uri(const Operation& operation, const Value& input, HttpRequest& request) {
  request.path.clear();
  for (const PathSegment& segment : operation.path) {
    request.path += '/';
    if (segment.kind == PathSegment::Kind::literal) {
      request.path += segment.text;
      continue;
    }
    const Member* member = operation.input ? operation.input->by_wire_name(segment.text) : nullptr;
    const Value* v = member ? input.find(member->name) : nullptr;
    std::string text = v ? scalar_text(*v, *member, uri_time) : "";
    if (text.empty())
      return Error("ParamValidation", std::string(operation.name) + ": \"" +
                                          std::string(segment.text) +
                                          "\" is part of the address and must not be empty");
    request.path += percent_encode(text, segment.kind == PathSegment::Kind::greedy);
  }
  if (request.path.empty()) request.path = "/";
  write_query(operation, input, request.query);
  return {};
}

void write_headers(const Shape& shape, const Value& v, Headers& headers) {
  for (const Member& member : shape.members) {
    if (member.location != Location::header && member.location != Location::headers) continue;
    const Value* item = v.find(member.name);
    if (item == nullptr || item->is_null()) continue;
    if (member.location == Location::headers) {
      for (const auto& [key, text] : item->members())
        headers.set(std::string(member.location_name) + key, text.to_text());
    } else {
      headers.set(member.wire_name, header_text(member, *item));
    }
  }
}

}  // namespace mainstay::wire
