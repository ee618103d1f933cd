#include "wire/model_reader.hh"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "base/json.hh"

namespace mainstay::wire {
namespace {

template <class T, size_t N>
const T* lookup(const std::array<std::pair<std::string_view, T>, N>& table, std::string_view key) {
  for (const auto& [name, value] : table)
    if (name == key) return &value;
  return nullptr;
}

constexpr std::array<std::pair<std::string_view, Type>, 14> types = {
    {{"structure", Type::structure},
     {"list", Type::list},
     {"map", Type::map},
     {"string", Type::string},
     {"character", Type::string},
     {"blob", Type::blob},
     {"boolean", Type::boolean},
     {"integer", Type::integer},
     {"long", Type::long_integer},
     {"bigInteger", Type::long_integer},
     {"float", Type::real},
     {"double", Type::real},
     {"bigDecimal", Type::real},
     {"timestamp", Type::timestamp}}};

constexpr std::array<std::pair<std::string_view, Location>, 5> locations = {
    {{"header", Location::header},
     {"headers", Location::headers},
     {"querystring", Location::querystring},
     {"uri", Location::uri},
     {"statusCode", Location::status_code}}};

constexpr std::array<std::pair<std::string_view, TimestampFormat>, 3> timestamp_formats = {
    {{"iso8601", TimestampFormat::iso8601},
     {"unixTimestamp", TimestampFormat::epoch},
     {"rfc822", TimestampFormat::http_date}}};

Error invalid(std::string message) {
  return Error("ModelInvalid", "service model: " + std::move(message));
}

// Traits of shapes that references to them take over.
constexpr std::array<std::string_view, 7> inheritable = {
    "location", "timestampFormat", "xmlNamespace", "flattened", "streaming", "eventstream", "box"};

std::optional<Protocol> protocol_of(std::string_view name, const Value& metadata) {
  if (name == "query") return Protocol::query;
  if (name == "ec2") return Protocol::ec2;
  if (name == "rest-json") return Protocol::rest_json;
  if (name == "rest-xml") return Protocol::rest_xml;
  if (name == "smithy-rpc-v2-cbor") return Protocol::rpc_v2_cbor;
  if (name != "json") return std::nullopt;
  return metadata["jsonVersion"].as_string() == "1.0" ? Protocol::json_1_0 : Protocol::json_1_1;
}

}  // namespace

Result<std::shared_ptr<const Model>> ModelReader::read() {
  reserve();
  CHECK_OK(read_metadata());
  CHECK_OK(read_shapes());
  CHECK_OK(read_operations());
  unbind_outputs();
  index_errors();
  return std::shared_ptr<const Model>(std::move(model_));
}

// Vectors that others point into must not grow later.
void ModelReader::reserve() {
  size_t members = 0, names = 0;
  for (const auto& [name, shape] : json_["shapes"].members()) {
    members += shape["members"].size() + shape.has("member") + 2 * shape.has("key");
    names += shape["required"].size() + shape["enum"].size();
  }
  model_->shapes_.reserve(json_["shapes"].size());
  model_->members_.reserve(members);
  model_->names_.reserve(names);
  model_->shape_index_.reserve(json_["shapes"].size());
  kept_.reserve(members);
}

std::string_view ModelReader::keep(std::string_view text) {
  constexpr size_t block = 64 * 1024;
  if (text.empty()) return {};
  if (auto found = kept_.find(text); found != kept_.end()) return *found;
  if (text_size_ - text_used_ < text.size()) {
    text_size_ = std::max(block, text.size());
    text_used_ = 0;
    model_->text_.push_back(std::make_unique<char[]>(text_size_));
  }
  char* place = model_->text_.back().get() + text_used_;
  std::memcpy(place, text.data(), text.size());
  text_used_ += text.size();
  std::string_view copy(place, text.size());
  kept_.insert(copy);
  return copy;
}

std::span<const std::string_view> ModelReader::keep_all(const Value& list) {
  auto& names = model_->names_;
  size_t first = names.size();
  for (const Value& item : list.items()) names.push_back(keep_string(item));
  return {names.data() + first, names.size() - first};
}

const XmlNamespace* ModelReader::keep_namespace(const Value& json) {
  if (json.is_null()) return nullptr;
  bool plain = json.is_string();
  model_->namespaces_.push_back({plain ? std::string_view() : keep_string(json["prefix"]),
                                 plain ? keep_string(json) : keep_string(json["uri"])});
  return &model_->namespaces_.back();
}

Status ModelReader::read_metadata() {
  const Value& json = json_["metadata"];
  Metadata& m = model_->metadata_;
  m.service_id = keep_string(json["serviceId"]);
  m.full_name = keep_string(json["serviceFullName"]);
  m.endpoint_prefix = keep_string(json["endpointPrefix"]);
  m.signing_name = json.has("signingName") ? keep_string(json["signingName"]) : m.endpoint_prefix;
  m.target_prefix = keep_string(json["targetPrefix"]);
  m.api_version = keep_string(json["apiVersion"]);
  m.json_version = keep_string(json["jsonVersion"]);
  const Value& ns = json["xmlNamespace"];
  m.xml_namespace = keep_string(ns.is_map() ? ns["uri"] : ns);
  m.query_compatible = json.has("awsQueryCompatible");
  m.error_detail = json.has("errorDetail");
  m.is_s3 = m.service_id == "S3";
  auto add = [&](const Value& name) -> Status {
    auto protocol = protocol_of(name.as_string(), json);
    if (!protocol) return invalid("unknown protocol \"" + name.as_string() + "\"");
    if (std::ranges::find(m.protocols, *protocol) == m.protocols.end())
      m.protocols.push_back(*protocol);
    return {};
  };
  CHECK_OK(add(json["protocol"]));
  for (const Value& name : json["protocols"].items()) CHECK_OK(add(name));
  ec2_ = m.protocols.front() == Protocol::ec2;
  return {};
}

Result<const Shape*> ModelReader::find_shape(std::string_view name, std::string_view user) const {
  if (const Shape* shape = model_->shape(name)) return shape;
  return invalid("\"" + std::string(user) + "\" refers to shape \"" + std::string(name) +
                 "\", which is not there");
}

Status ModelReader::read_shapes() {
  auto& shapes = model_->shapes_;
  const Map& json_shapes = json_["shapes"].members();
  inherited_.reserve(json_shapes.size());
  for (const auto& [name, json] : json_shapes) {
    shapes.emplace_back().name = keep(name);
    model_->shape_index_.emplace(shapes.back().name, shapes.size() - 1);
    bool any = std::ranges::any_of(inheritable, [&](auto key) { return json.has(key); });
    inherited_.push_back(any ? &json : nullptr);
  }
  for (size_t i = 0; i < shapes.size(); ++i)
    CHECK_OK(read_shape(shapes[i].name, json_shapes.nth(i).second, shapes[i]));
  // Names of flattened lists depend on their elements, so on every shape being read.
  for (size_t i = 0; i < shapes.size(); ++i) {
    Member* member = const_cast<Member*>(shapes[i].members.data());
    for (const auto& [name, reference] : json_shapes.nth(i).second["members"].members())
      resolve_names(*member++, reference);
  }
  return {};
}

Status ModelReader::read_shape(std::string_view name, const Value& json, Shape& shape) {
  const Type* type = lookup(types, json["type"].as_string());
  if (type == nullptr)
    return invalid("shape \"" + std::string(name) + "\" has unknown type \"" +
                   json["type"].as_string() + "\"");
  shape.type = *type;
  shape.location_name = keep_string(json["locationName"]);
  shape.xml_namespace = keep_namespace(json["xmlNamespace"]);
  shape.enum_values = keep_all(json["enum"]);
  shape.has_min = json["min"].is_number();
  shape.has_max = json["max"].is_number();
  shape.min = json["min"].as_real();
  shape.max = json["max"].as_real();
  shape.exception = flag(json, "exception");
  shape.fault = flag(json, "fault") || flag(json["error"], "fault");
  shape.document = flag(json, "document");
  shape.is_union = flag(json, "union");
  shape.streaming = flag(json, "streaming");
  shape.requires_length = flag(json, "requiresLength");
  shape.eventstream = flag(json, "eventstream");
  shape.sensitive = flag(json, "sensitive");
  if (json["pattern"].is_string())
    shape.pattern = &model_->patterns_.emplace_back(keep_string(json["pattern"]));
  const Value& error = json["error"];
  shape.error_code = keep_string(error["code"]);
  shape.error_status = static_cast<int>(error["httpStatusCode"].as_int());
  shape.sender_fault = flag(error, "senderFault");
  return read_references(json, shape);
}

Status ModelReader::read_references(const Value& json, Shape& shape) {
  auto& members = model_->members_;
  size_t first = members.size();
  if (shape.type == Type::list) CHECK_OK(add_member("member", json["member"]));
  if (shape.type == Type::map) {
    CHECK_OK(add_member("key", json["key"]));
    CHECK_OK(add_member("value", json["value"]));
  }
  if (shape.type == Type::structure)
    for (const auto& [name, reference] : json["members"].members())
      CHECK_OK(add_member(name, reference));
  shape.members = {members.data() + first, members.size() - first};
  if (shape.type == Type::structure) finish_structure(json, shape);
  return {};
}

void ModelReader::finish_structure(const Value& json, Shape& shape) {
  shape.required = keep_all(json["required"]);
  for (const Member& member : shape.members) {
    shape.has_attributes |= member.xml_attribute;
    shape.has_body_members |= member.location == Location::body;
    for (std::string_view name : shape.required)
      if (name == member.name) const_cast<Member&>(member).required = true;
  }
  if (json["payload"].is_string()) shape.payload = shape.member(json["payload"].as_string());
}

Status ModelReader::add_member(std::string_view name, const Value& reference) {
  TRY(const Shape* shape, find_shape(reference["shape"].as_string(), name));
  Member& m = model_->members_.emplace_back();
  m.name = keep(name);
  m.shape = shape;
  m.location_name = keep_string(reference["locationName"]);
  size_t names = 1 + reference.has("locationName") + reference.has("queryName");
  if (reference.size() > names) read_traits(reference, m);
  if (const Value* inherited = inherited_[static_cast<size_t>(shape - model_->shapes_.data())])
    inherit_traits(*inherited, reference, m);
  bool is_iso = m.timestamp_format == TimestampFormat::unset ||
                m.timestamp_format == TimestampFormat::iso8601;
  if (model_->metadata_.is_s3 && shape->type == Type::timestamp && is_iso &&
      m.location == Location::body)
    m.timestamp_format = TimestampFormat::iso8601_ms;
  m.wire_name = m.form_name = m.location_name.empty() ? m.name : m.location_name;
  return {};
}

void ModelReader::read_traits(const Value& reference, Member& m) {
  if (const Location* l = lookup(locations, reference["location"].as_string())) m.location = *l;
  const std::string& format = reference["timestampFormat"].as_string();
  if (const TimestampFormat* f = lookup(timestamp_formats, format)) m.timestamp_format = *f;
  m.xml_namespace = keep_namespace(reference["xmlNamespace"]);
  m.flattened = flag(reference, "flattened");
  m.xml_attribute = flag(reference, "xmlAttribute");
  m.streaming = flag(reference, "streaming");
  m.event_payload = flag(reference, "eventpayload");
  m.event_header = flag(reference, "eventheader");
  m.host_label = flag(reference, "hostLabel");
  m.idempotency_token = flag(reference, "idempotencyToken");
  m.jsonvalue = flag(reference, "jsonvalue");
  m.box = flag(reference, "box");
  m.deprecated = flag(reference, "deprecated");
}

// Traits of the shape that the reference does not set itself.
void ModelReader::inherit_traits(const Value& shape, const Value& reference, Member& m) {
  const Location* location = lookup(locations, shape["location"].as_string());
  if (location != nullptr && !reference.has("location")) {  // old models bind shapes to headers
    m.location = *location;
    if (m.location_name.empty()) m.location_name = keep_string(shape["locationName"]);
  }
  const TimestampFormat* format = lookup(timestamp_formats, shape["timestampFormat"].as_string());
  if (format != nullptr && !reference.has("timestampFormat")) m.timestamp_format = *format;
  if (m.xml_namespace == nullptr) m.xml_namespace = keep_namespace(shape["xmlNamespace"]);
  m.flattened |= flag(shape, "flattened");
  m.streaming |= flag(shape, "streaming");
  m.eventstream |= flag(shape, "eventstream");
  m.box |= flag(shape, "box");
}

// The names of a structure's member on the wire. A list that its own shape flattens is named by its
// element (botocore's query serializer); one that the member flattens by the member (Smithy). EC2
// capitalises (botocore's EC2Serializer, Smithy's ec2Query).
void ModelReader::resolve_names(Member& member, const Value& reference) {
  if (member.flattened && !flag(reference, "flattened") && member.shape->type == Type::list &&
      !member.shape->element().location_name.empty())
    member.wire_name = member.form_name = member.shape->element().location_name;
  if (!ec2_) return;
  std::string name(member.wire_name);
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 32);
  member.form_name = keep(name);
  if (reference["queryName"].is_string()) member.form_name = keep_string(reference["queryName"]);
}

Result<std::shared_ptr<const Model>> Model::parse(std::string_view botocore_service2_json) {
  TRY(Value json, parse_json(botocore_service2_json));
  return ModelReader(json).read();
}

}  // namespace mainstay::wire
