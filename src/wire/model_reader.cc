#include "wire/model_reader.hh"

#include <array>
#include <cstring>
#include <unordered_set>

#include "base/json.hh"
#include "wire/s3_traits.hh"

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

// A trait of the reference, else of the shape.
const Value& trait(const Value& reference, const Value& shape, const char* name) {
  const Value& own = reference[name];
  return own.is_null() ? shape[name] : own;
}

bool flag(const Value& json, const char* name) {
  return json[name].as_bool();
}

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
}

std::string_view ModelReader::keep(std::string_view text) {
  constexpr size_t block = 64 * 1024;
  if (text.empty()) return {};
  if (auto found = kept_.find(text); found != kept_.end()) return found->second;
  if (text_size_ - text_used_ < text.size()) {
    text_size_ = std::max(block, text.size());
    text_used_ = 0;
    model_->text_.push_back(std::make_unique<char[]>(text_size_));
  }
  char* place = model_->text_.back().get() + text_used_;
  std::memcpy(place, text.data(), text.size());
  text_used_ += text.size();
  std::string_view copy(place, text.size());
  kept_.emplace(copy, copy);
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
  for (const auto& [name, json] : json_["shapes"].members()) {
    shapes.emplace_back().name = keep(name);
    model_->shape_index_.emplace(shapes.back().name, shapes.size() - 1);
  }
  size_t i = 0;
  for (const auto& [name, json] : json_["shapes"].members())
    CHECK_OK(read_shape(name, json, shapes[i++]));
  // Names of flattened lists depend on their elements, so on every shape being read.
  for (const auto& [name, json] : json_["shapes"].members()) {
    Shape& shape = shapes[model_->shape_index_.at(name)];
    Member* member = const_cast<Member*>(shape.members.data());
    for (const auto& [member_name, reference] : json["members"].members())
      resolve_names(*member++, reference, flag(reference, "flattened"));
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
  const std::string& target = reference["shape"].as_string();
  TRY(const Shape* shape, find_shape(target, name));
  const Value& traits = json_["shapes"][target];
  Member& m = model_->members_.emplace_back();
  m.name = keep(name);
  m.shape = shape;
  // Old models bind shapes to headers; a reference that does so itself wins.
  const Value& bound = traits.has("location") && !reference.has("location") ? traits : reference;
  m.location_name = keep_string(trait(reference, bound, "locationName"));
  m.wire_name = m.form_name = m.location_name.empty() ? m.name : m.location_name;
  if (const Location* l = lookup(locations, bound["location"].as_string())) m.location = *l;
  const std::string& format = trait(reference, traits, "timestampFormat").as_string();
  if (const TimestampFormat* f = lookup(timestamp_formats, format)) m.timestamp_format = *f;
  m.xml_namespace = keep_namespace(trait(reference, traits, "xmlNamespace"));
  m.flattened = flag(reference, "flattened") || flag(traits, "flattened");
  m.xml_attribute = flag(reference, "xmlAttribute");
  m.streaming = flag(reference, "streaming") || flag(traits, "streaming");
  m.eventstream = flag(traits, "eventstream");
  m.event_payload = flag(reference, "eventpayload");
  m.event_header = flag(reference, "eventheader");
  m.host_label = flag(reference, "hostLabel");
  m.idempotency_token = flag(reference, "idempotencyToken");
  m.jsonvalue = flag(reference, "jsonvalue");
  m.box = flag(reference, "box") || flag(traits, "box");
  m.deprecated = flag(reference, "deprecated");
  return {};
}

// The names of a structure's member on the wire. A list that its own shape flattens is named by its
// element (botocore's query serializer); one that the member flattens by the member (Smithy). EC2
// capitalises (botocore's EC2Serializer, Smithy's ec2Query).
void ModelReader::resolve_names(Member& member, const Value& reference,
                                bool flattened_by_reference) const {
  if (member.flattened && !flattened_by_reference && member.shape->type == Type::list &&
      !member.shape->element().location_name.empty())
    member.wire_name = member.form_name = member.shape->element().location_name;
  if (!ec2_) return;
  auto* self = const_cast<ModelReader*>(this);
  std::string name(member.wire_name);
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 32);
  member.form_name = self->keep(name);
  if (reference["queryName"].is_string())
    member.form_name = self->keep_string(reference["queryName"]);
}

Status ModelReader::read_operations() {
  for (const auto& [name, json] : json_["operations"].members()) {
    Operation& operation = model_->operations_.emplace_back();
    CHECK_OK(read_operation(name, json, operation));
    model_->operation_index_.emplace(operation.name, model_->operations_.size() - 1);
  }
  return {};
}

Status ModelReader::read_operation(std::string_view name, const Value& json, Operation& op) {
  op.name = keep(name);
  const Value& http = json["http"];
  op.method = http.has("method") ? keep_string(http["method"]) : "POST";
  op.response_code = static_cast<int>(http["responseCode"].as_int(200));
  read_uri(http.has("requestUri") ? keep_string(http["requestUri"]) : "/", op);
  if (json.has("input")) {
    TRY(op.input, find_shape(json["input"]["shape"].as_string(), name));
    read_input(json["input"], op);
  }
  if (json.has("output")) {
    TRY(op.output, find_shape(json["output"]["shape"].as_string(), name));
    bool query = model_->metadata_.protocols.front() == Protocol::query;
    op.result_wrapper = keep_string(json["output"]["resultWrapper"]);
    if (op.result_wrapper.empty() && query) op.result_wrapper = keep(std::string(name) + "Result");
  }
  for (const Value& error : json["errors"].items()) {
    TRY(const Shape* shape, find_shape(error["shape"].as_string(), name));
    op.errors.push_back(shape);
  }
  op.host_prefix = keep_string(json["endpoint"]["hostPrefix"]);
  const Value& checksum = json["httpChecksum"];
  op.checksum_algorithm_member = keep_string(checksum["requestAlgorithmMember"]);
  op.checksum_mode_member = keep_string(checksum["requestValidationModeMember"]);
  op.checksum_required =
      flag(json, "httpChecksumRequired") || flag(checksum, "requestChecksumRequired");
  op.unsigned_payload = flag(json, "unsignedPayload");
  op.no_auth = json["authtype"].as_string() == "none";
  for (const Value& encoding : json["requestcompression"]["encodings"].items())
    op.gzip |= encoding.as_string() == "gzip";
  op.deprecated = flag(json, "deprecated");
  op.idempotent = flag(json, "idempotent");
  op.readonly = flag(json, "readonly");
  if (model_->metadata_.is_s3 && op.output != nullptr) {
    op.unwrapped_output = name == "GetBucketLocation";
    if (auto root = s3_output_root(op.output->name); !root.empty())
      const_cast<Shape*>(op.output)->location_name = root;
  }
  return {};
}

void ModelReader::read_input(const Value& json, Operation& op) {
  op.input_root = keep_string(json["locationName"]);
  op.input_namespace = keep_namespace(json["xmlNamespace"]);
  std::string_view& ns = model_->metadata_.xml_namespace;
  if (ns.empty() && op.input_namespace != nullptr) ns = op.input_namespace->uri;
}

void ModelReader::read_uri(std::string_view uri, Operation& op) {
  op.request_uri = uri;
  size_t question = uri.find('?');
  std::string_view path = uri.substr(0, question);
  while (!path.empty()) {
    path.remove_prefix(1);
    std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(part.size());
    if (part.empty()) continue;
    PathSegment segment{PathSegment::Kind::literal, part};
    if (part.front() == '{' && part.back() == '}') {
      bool greedy = part.ends_with("+}");
      segment.kind = greedy ? PathSegment::Kind::greedy : PathSegment::Kind::label;
      segment.text = part.substr(1, part.size() - (greedy ? 3 : 2));
    }
    op.path.push_back(segment);
  }
  if (question == std::string_view::npos) return;
  std::string_view query = uri.substr(question + 1);
  while (!query.empty()) {
    std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    size_t equals = pair.find('=');
    op.query_literals.emplace_back(pair.substr(0, equals), equals == std::string_view::npos
                                                               ? std::string_view()
                                                               : pair.substr(equals + 1));
  }
}

// Bindings to path and query mean nothing in a response: there such members are in the body.
void ModelReader::unbind_outputs() {
  std::unordered_set<const Shape*> inputs;
  for (const Operation& op : model_->operations_) inputs.insert(op.input);
  for (const Operation& op : model_->operations_) {
    if (op.output == nullptr || inputs.contains(op.output)) continue;
    for (const Member& member : op.output->members) {
      if (member.location != Location::uri && member.location != Location::querystring) continue;
      const_cast<Member&>(member).location = Location::body;
      const_cast<Shape*>(op.output)->has_body_members = true;
    }
  }
}

void ModelReader::index_errors() {
  auto& shapes = model_->shapes_;
  for (size_t i = 0; i < shapes.size(); ++i)
    if (shapes[i].exception) model_->error_index_.emplace(shapes[i].name, i);
  for (size_t i = 0; i < shapes.size(); ++i)
    if (shapes[i].exception && !shapes[i].error_code.empty())
      model_->error_index_.emplace(shapes[i].error_code, i);
}

Result<std::shared_ptr<const Model>> Model::parse(std::string_view botocore_service2_json) {
  TRY(Value json, parse_json(botocore_service2_json));
  return ModelReader(json).read();
}

}  // namespace mainstay::wire
