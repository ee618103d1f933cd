// Finds the operation of a REST request in a model, and hints of the service in any request.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/http_message.hh"
#include "wire/model.hh"

namespace mainstay::wire {

// A table of a model's REST routes. The Model must outlive it. Immutable: safe from many threads.
//
// Of the routes whose method, path and literal query parameters fit, the one with the more literal
// path wins, then the one with more literals, then with more required parameters and headers that
// are all there, then one that is not deprecated, then the first by name. So S3's UploadPart
// (uploadId, partNumber) wins over PutObject, and CopyObject by its header. A route that lacks only
// required parameters is found where no other has as many literals: validation says what is
// missing, and DELETE ?analytics without an id is never DeleteBucket.
class Router {
 public:
  explicit Router(const Model& model);
  // path is as sent; a service that is named by a prefix of the path takes it off before. headers
  // may be null. nullptr where no operation fits.
  const Operation* match(std::string_view method, std::string_view path, std::string_view query,
                         const Headers* headers = nullptr) const;
  const Operation* match(const HttpRequest& request) const {
    return match(request.method, request.path, request.query, &request.headers);
  }

 private:
  struct Route {
    const Operation* operation = nullptr;
    std::vector<std::string_view> query;    // names that must be there
    std::vector<std::string_view> headers;  // likewise
    std::vector<uint8_t> shape;             // of the path, for comparison
    size_t literals() const { return operation->query_literals.size(); }
    size_t conditions() const { return query.size() + headers.size(); }
  };
  static Route route_of(const Operation& operation);
  static bool better(const Route& a, const Route& b);
  static bool complete(const Route& route, std::string_view query, const Headers* headers);
  static const Operation* best(const std::vector<Route>& routes, std::string_view path,
                               std::string_view query, const Headers* headers);

  // By method and first literal segment ("" where the path begins with a label), best first.
  std::unordered_map<std::string, std::vector<Route>> routes_;
};

// What a request says of its service before any model is known. Views are into the request or
// owned; nothing is checked.
struct Hints {
  enum class Form : uint8_t { form, json, cbor, rest };
  Form form = Form::rest;
  Protocol json_version = Protocol::json_1_0;  // of a JSON request, by its Content-Type
  std::string target_prefix;                   // of X-Amz-Target, or the service of an rpc-v2 path
  std::string operation;                       // by target, path or Action; "" for REST
  std::string version;                         // of a form
  std::string access_key;                      // of the signature, "" where unsigned
  std::string region;
  std::string signing_name;
  std::string host;  // without port, lower case
  bool presigned = false;
};

// In order: Smithy-Protocol, X-Amz-Target with a JSON content type, a form's Action, else REST.
Hints detect(const HttpRequest& request);

// The codec for a service's model: the hints' form where the model has it, else the model's own.
// Services that were query once (awsQueryCompatible) still take forms.
Protocol protocol_for(const Hints& hints, const Model& model);

// The bucket of a virtual-host style S3 host, "bucket.s3.region.amazonaws.com", "bucket.s3.host";
// "" for path style.
std::string virtual_host_bucket(std::string_view host);

}  // namespace mainstay::wire
