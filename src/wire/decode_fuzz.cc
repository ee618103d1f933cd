// Fuzzes everything of the wire that reads what strangers send: requests of every protocol,
// signatures, streaming bodies, responses. The first byte chooses the protocol; a line feed parts
// path, query, headers and body.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/text.hh"
#include "wire/arn.hh"
#include "wire/client.hh"
#include "wire/router.hh"
#include "wire/server.hh"
#include "wire/sigv4.hh"
#include "wire/streaming.hh"
#include "wire/validate.hh"

using namespace mainstay;
using namespace mainstay::wire;

namespace {

constexpr const char* shapes = R"("shapes": {
 "S": {"type": "string", "min": 1, "max": 9, "pattern": "[a-z]+", "enum": ["a", "b"]},
 "I": {"type": "integer", "min": 1}, "D": {"type": "double"}, "T": {"type": "timestamp"},
 "B": {"type": "blob"}, "F": {"type": "boolean"},
 "L": {"type": "list", "member": {"shape": "N"}},
 "X": {"type": "list", "member": {"shape": "S", "locationName": "x"}, "flattened": true},
 "M": {"type": "map", "key": {"shape": "S"}, "value": {"shape": "N"}},
 "N": {"type": "structure", "required": ["s"], "members": {
   "s": {"shape": "S"}, "i": {"shape": "I"}, "d": {"shape": "D"}, "t": {"shape": "T"},
   "b": {"shape": "B"}, "f": {"shape": "F"}, "l": {"shape": "L"}, "x": {"shape": "X"},
   "m": {"shape": "M"}, "n": {"shape": "N"}, "a": {"shape": "S", "xmlAttribute": true},
   "h": {"shape": "X", "location": "header", "locationName": "x-h"},
   "ht": {"shape": "T", "location": "header", "locationName": "x-t"},
   "hm": {"shape": "M", "location": "headers", "locationName": "x-m-"},
   "q": {"shape": "X", "location": "querystring", "locationName": "q"},
   "u": {"shape": "S", "location": "uri", "locationName": "u"},
   "g": {"shape": "S", "location": "uri", "locationName": "g"}}},
 "E": {"type": "structure", "exception": true, "members": {"message": {"shape": "S"}}}
 }, "operations": {"Op": {"http": {"method": "POST", "requestUri": "/p/{u}/{g+}?lit"},
 "input": {"shape": "N"}, "output": {"shape": "N"}, "errors": [{"shape": "E"}],
 "requestcompression": {"encodings": ["gzip"]}}}})";

constexpr const char* protocols[] = {
    R"("query")",     R"("ec2")",      R"("json", "jsonVersion": "1.0")", R"("json")",
    R"("rest-json")", R"("rest-xml")", R"("smithy-rpc-v2-cbor")"};

const Model& model_for(size_t index) {
  static const auto models = [] {
    std::vector<std::shared_ptr<const Model>> out;
    for (const char* protocol : protocols)
      out.push_back(
          Model::parse(std::string(R"({"metadata": {"protocol": )") + protocol + "}, " + shapes)
              .value());
    return out;
  }();
  return *models[index];
}

HttpRequest request_of(std::string_view text) {
  HttpRequest request;
  request.method = "POST";
  auto line = [&] {
    std::string out(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), out.size() + 1));
    return out;
  };
  request.path = line();
  request.query = line();
  for (const std::string& header : split(line(), "\r"))
    if (size_t colon = header.find(':'); colon != std::string::npos)
      request.headers.add(header.substr(0, colon), header.substr(colon + 1));
  request.body = text;
  return request;
}

void decode_and_encode(const Model& model, const HttpRequest& request) {
  const Operation& operation = model.operations().front();
  Protocol protocol = model.protocol();
  auto input = decode_request(model, operation, protocol, request);
  if (!input) {
    encode_error(model, &operation, protocol, input.error(), "id");
    return;
  }
  (void)validate(operation, *input, validate_options(model, protocol)).has_value();
  HttpResponse response = encode_response(model, operation, protocol, *input, "id");
  (void)decode_response(model, operation, protocol, response).has_value();
  (void)encode_request(model, operation, protocol, *input).has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const Model& model = model_for(data[0] % std::size(protocols));
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  HttpRequest request = request_of(text);
  decode_and_encode(model, request);
  Router(model).match(request);
  detect(request);
  auto secret = [](std::string_view) { return std::optional<std::string>("secret"); };
  auto verified = verify(request, secret, Time{0});
  (void)unpack_streaming(request, verified ? &*verified : nullptr).has_value();
  (void)parse_arn(text).has_value();
  for (int status : {200, 400}) {
    HttpResponse response{status, request.headers, request.body};
    (void)decode_response(model, model.operations().front(), model.protocol(), response)
        .has_value();
  }
  return 0;
}
