// Service models: what operations a service has, the shapes of their inputs, outputs and errors,
// and how each member travels. Read from botocore's form ("service-2.json"); the meaning of its
// traits is that of botocore's model.py and of Smithy 2.0's AWS protocol pages.
//
// A Model is immutable once parsed and may be read by any number of threads. Every pointer and
// string_view in it lives as long as the Model.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "wire/pattern.hh"

namespace mainstay::wire {

enum class Protocol : uint8_t { query, ec2, json_1_0, json_1_1, rest_json, rest_xml, rpc_v2_cbor };

std::string_view protocol_name(Protocol protocol);
inline bool is_json_rpc(Protocol p) {
  return p == Protocol::json_1_0 || p == Protocol::json_1_1;
}
inline bool is_rest(Protocol p) {
  return p == Protocol::rest_json || p == Protocol::rest_xml;
}
inline bool is_form(Protocol p) {
  return p == Protocol::query || p == Protocol::ec2;
}

enum class Type : uint8_t {
  structure,
  list,
  map,
  string,
  blob,
  boolean,
  integer,
  long_integer,
  real,
  timestamp
};
enum class Location : uint8_t { body, header, headers, querystring, uri, status_code };
// iso8601_ms: with three digits after the second, also where they are zero, as S3 writes times.
enum class TimestampFormat : uint8_t { unset, iso8601, iso8601_ms, epoch, http_date };

struct Shape;

struct XmlNamespace {
  std::string_view prefix;  // "" for the default namespace
  std::string_view uri;
};

// A member of a structure, the element of a list, or the key or value of a map, with the traits of
// the reference and of the shape that it refers to already merged.
struct Member {
  std::string_view name;           // as handlers and Values know it
  std::string_view wire_name;      // locationName, or the name
  std::string_view form_name;      // in query and ec2 requests
  std::string_view location_name;  // "" unless the reference has one
  const Shape* shape = nullptr;
  const XmlNamespace* xml_namespace = nullptr;
  Location location = Location::body;
  TimestampFormat timestamp_format = TimestampFormat::unset;
  bool required : 1 = false;
  bool flattened : 1 = false;
  bool xml_attribute : 1 = false;
  bool streaming : 1 = false;
  bool eventstream : 1 = false;
  bool event_payload : 1 = false;
  bool event_header : 1 = false;
  bool host_label : 1 = false;
  bool idempotency_token : 1 = false;
  bool jsonvalue : 1 = false;
  bool box : 1 = false;
  bool deprecated : 1 = false;
};

struct Shape {
  std::string_view name;
  std::string_view location_name;   // names the root element where the shape is a whole XML body
  std::span<const Member> members;  // of a structure, in the model's order
  std::span<const std::string_view> required;
  std::span<const std::string_view> enum_values;
  const Member* payload = nullptr;  // the member that is the whole HTTP body
  const Pattern* pattern = nullptr;
  const XmlNamespace* xml_namespace = nullptr;
  double min = 0, max = 0;      // of length, size or value; see has_min, has_max
  std::string_view error_code;  // of an exception: the code on the wire, or ""
  int error_status = 0;
  Type type = Type::structure;
  bool has_min : 1 = false;
  bool has_max : 1 = false;
  bool exception : 1 = false;
  bool fault : 1 = false;  // the service's fault, not the sender's
  bool sender_fault : 1 = false;
  bool document : 1 = false;  // any JSON
  bool is_union : 1 = false;
  bool streaming : 1 = false;
  bool requires_length : 1 = false;
  bool eventstream : 1 = false;
  bool sensitive : 1 = false;
  bool has_attributes : 1 = false;  // some member is an XML attribute
  bool has_body_members : 1 = false;

  bool is_scalar() const { return type > Type::map; }
  const Member& element() const { return members[0]; }  // of a list
  const Member& key() const { return members[0]; }      // of a map
  const Member& value() const { return members[1]; }
  // nullptr where there is none of that name.
  const Member* member(std::string_view name) const;
  const Member* by_wire_name(std::string_view wire_name) const;
  const Member* by_form_name(std::string_view form_name) const;
};

// A segment of an operation's path: a literal, a label, or a label for the rest of the path.
struct PathSegment {
  enum class Kind : uint8_t { literal, label, greedy } kind = Kind::literal;
  std::string_view text;  // the literal, or the label's name
};

struct Operation {
  std::string_view name;
  std::string_view method;
  std::string_view request_uri;  // as in the model
  std::vector<PathSegment> path;
  // Literal query parameters that select the operation: "?versioning", "?list-type=2".
  std::vector<std::pair<std::string_view, std::string_view>> query_literals;
  int response_code = 200;
  const Shape* input = nullptr;
  const Shape* output = nullptr;
  std::string_view input_root;  // root element of the XML body, "" for the shape's
  const XmlNamespace* input_namespace = nullptr;
  std::string_view result_wrapper;
  std::string_view host_prefix;
  std::vector<const Shape*> errors;
  std::string_view checksum_algorithm_member;  // httpChecksum.requestAlgorithmMember
  std::string_view checksum_mode_member;       // httpChecksum.requestValidationModeMember
  bool checksum_required = false;
  bool unsigned_payload = false;
  bool no_auth = false;
  bool gzip = false;  // requestcompression
  bool deprecated = false;
  bool idempotent = false;
  bool readonly = false;
  bool unwrapped_output = false;  // aws.customizations#s3UnwrappedXmlOutput
};

struct Metadata {
  std::string_view service_id;
  std::string_view full_name;
  std::string_view signing_name;
  std::string_view endpoint_prefix;
  std::string_view target_prefix;
  std::string_view api_version;
  std::string_view json_version;
  std::string_view xml_namespace;
  std::vector<Protocol> protocols;  // the service's own first
  bool query_compatible = false;    // awsQueryCompatible
  bool error_detail = false;        // errors in XML end in an empty Detail
  bool is_s3 = false;               // S3 differs from other rest-xml services in many details
};

class Model {
 public:
  // Errors: "ModelInvalid" with what is missing or unknown. Limits: none, models are ours.
  static Result<std::shared_ptr<const Model>> parse(std::string_view botocore_service2_json);

  const Metadata& metadata() const { return metadata_; }
  const std::deque<Operation>& operations() const { return operations_; }
  const Operation* operation(std::string_view name) const;
  const Shape* shape(std::string_view name) const;
  // The exception that goes by this code on the wire, or has this name.
  const Shape* error(std::string_view code_or_name) const;
  bool supports(Protocol protocol) const;
  Protocol protocol() const { return metadata_.protocols.front(); }

  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

 private:
  friend class ModelReader;
  Model() = default;
  using Index = std::unordered_map<std::string_view, size_t>;

  Metadata metadata_;
  std::vector<std::unique_ptr<char[]>> text_;  // the bytes of every name
  std::vector<Shape> shapes_;
  std::vector<Member> members_;
  std::vector<std::string_view> names_;  // of required lists and enums
  std::deque<Operation> operations_;
  std::deque<XmlNamespace> namespaces_;
  std::deque<Pattern> patterns_;
  Index shape_index_, operation_index_, error_index_;
};

}  // namespace mainstay::wire
