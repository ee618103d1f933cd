#include "wire/event_stream.hh"

#include "base/cbor.hh"
#include "base/digest.hh"
#include "base/http_message.hh"
#include "wire/body.hh"
#include "wire/json_codec.hh"

namespace mainstay::wire {
namespace {

constexpr size_t prelude_bytes = 12, checksum_bytes = 4;
constexpr char string_header = 7;

void append_number(std::string& out, uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out += static_cast<char>(number >> shift & 0xff);
}

// A document of the protocol's kind, and its media type.
std::pair<std::string, std::string> document(const Shape& shape, Protocol protocol,
                                             const Value& members) {
  std::string text;
  if (protocol == Protocol::rpc_v2_cbor) {
    append_cbor(text, shape_to_cbor_document(shape, members));
    return {std::move(text), "application/cbor"};
  }
  if (protocol == Protocol::rest_xml) {
    Headers headers;
    write_body(shape, protocol, {shape.name, nullptr, ""}, members, headers, text);
    return {std::move(text), "text/xml"};
  }
  append_shape_json(text, shape, members, false);
  return {std::move(text), "application/json"};
}

const Member* payload_of(const Shape& event) {
  for (const Member& member : event.members)
    if (member.event_payload) return &member;
  return nullptr;
}

}  // namespace

std::string event_message(const EventHeaders& headers, std::string_view payload) {
  std::string head;
  for (const auto& [name, value] : headers) {
    append_number(head, name.size(), 1);
    head += name;
    head += string_header;
    append_number(head, value.size(), 2);
    head += value;
  }
  std::string out;
  append_number(out, prelude_bytes + head.size() + payload.size() + checksum_bytes, 4);
  append_number(out, head.size(), 4);
  append_number(out, crc32(out), 4);
  out += head;
  out += payload;
  append_number(out, crc32(out), 4);
  return out;
}

const Member* event_stream_of(const Operation& operation) {
  if (!operation.output) return nullptr;
  for (const Member& member : operation.output->members)
    if (member.eventstream || (member.shape && member.shape->eventstream)) return &member;
  return nullptr;
}

std::string encode_event(const Shape& stream, Protocol protocol, const std::string& name,
                         const Value& members) {
  const Member* event = stream.member(name);
  if (!event || !event->shape) return {};
  const Shape& shape = *event->shape;
  const char* kind = shape.exception ? "exception" : "event";
  EventHeaders headers{{std::string(":message-type"), kind},
                       {std::string(":") + kind + "-type", std::string(event->wire_name)}};
  const Member* payload = payload_of(shape);
  if (payload && payload->shape->type == Type::blob) {
    headers.emplace_back(":content-type", "application/octet-stream");
    return event_message(headers, members[payload->name].as_bytes());
  }
  if (payload && payload->shape->type == Type::string) {
    headers.emplace_back(":content-type", "text/plain");
    return event_message(headers, members[payload->name].as_string());
  }
  auto [text, type] = payload ? document(*payload->shape, protocol, members[payload->name])
                              : document(shape, protocol, members);
  headers.emplace_back(":content-type", std::move(type));
  return event_message(headers, text);
}

std::string encode_initial_response(const Operation& operation, Protocol protocol,
                                    const Value& output) {
  auto [text, type] = document(*operation.output, protocol, output);
  return event_message(
      {{":message-type", "event"}, {":event-type", "initial-response"}, {":content-type", type}},
      text);
}

}  // namespace mainstay::wire
