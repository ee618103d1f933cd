// The half of ModelReader that reads operations and errors.
#include <unordered_set>

#include "wire/model_reader.hh"
#include "wire/s3_traits.hh"

namespace mainstay::wire {

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
    bool query = model_->supports(Protocol::query);
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

}  // namespace mainstay::wire
