#include "base/text.hh"
#include "wire/form.hh"
#include "wire/router.hh"
#include "wire/sigv4.hh"

namespace mainstay::wire {
namespace {

// /service/NAME/operation/NAME, at the end of the path (Smithy RPC v2 CBOR, "Requests").
bool read_rpc_path(std::string_view path, Hints& hints) {
  size_t operation = path.rfind("/operation/");
  if (operation == std::string_view::npos) return false;
  size_t service = path.substr(0, operation).rfind("/service/");
  if (service == std::string_view::npos) return false;
  hints.operation = path.substr(operation + 11);
  service += 9;
  hints.target_prefix = path.substr(service, operation - service);
  return true;
}

void read_target(std::string_view target, Hints& hints) {
  size_t dot = target.rfind('.');
  if (dot == std::string_view::npos) {
    hints.operation = target;
  } else {
    hints.target_prefix = target.substr(0, dot);
    hints.operation = target.substr(dot + 1);
  }
}

bool read_form(const HttpRequest& request, std::string_view content_type, Hints& hints) {
  bool form = content_type.starts_with("application/x-www-form-urlencoded");
  if (!form && request.method != "GET") return false;
  std::string_view parameters = form && !request.body.empty() ? request.body : request.query;
  std::string action = find_parameter(parameters, "Action");
  if (action.empty()) return false;
  hints.operation = std::move(action);
  hints.version = find_parameter(parameters, "Version");
  return true;
}

void read_signature(const HttpRequest& request, Hints& hints) {
  auto credential = credential_of(request);
  if (!credential) return;
  hints.access_key = credential->access_key;
  hints.region = credential->region;
  hints.signing_name = credential->service;
  hints.presigned = credential->presigned;
}

std::string host_name(std::string_view host) {
  if (host.starts_with('[')) return to_lower(host.substr(0, host.find(']') + 1));
  return to_lower(host.substr(0, host.find(':')));
}

bool is_ip_address(std::string_view host) {
  return host.find_first_not_of("0123456789.") == std::string_view::npos || host.starts_with('[');
}

}  // namespace

Hints detect(const HttpRequest& request) {
  Hints hints;
  read_signature(request, hints);
  hints.host = host_name(request.headers.get("Host"));
  std::string_view content_type = request.headers.get("Content-Type");
  std::string_view target = request.headers.get("X-Amz-Target");
  bool cbor = request.headers.get("Smithy-Protocol") == "rpc-v2-cbor";
  if (cbor && read_rpc_path(request.path, hints)) {
    hints.form = Hints::Form::cbor;
  } else if (!target.empty()) {
    hints.form = Hints::Form::json;
    if (content_type.starts_with("application/x-amz-json-1.1"))
      hints.json_version = Protocol::json_1_1;
    read_target(target, hints);
  } else if (read_form(request, content_type, hints)) {
    hints.form = Hints::Form::form;
  }
  return hints;
}

Protocol protocol_for(const Hints& hints, const Model& model) {
  auto first_of = [&](std::initializer_list<Protocol> wanted) {
    for (Protocol p : wanted)
      if (model.supports(p)) return p;
    return model.protocol();
  };
  switch (hints.form) {
    case Hints::Form::form:
      if (model.metadata().query_compatible) return Protocol::query;
      return first_of({Protocol::query, Protocol::ec2});
    case Hints::Form::json:
      return first_of({hints.json_version, Protocol::json_1_0, Protocol::json_1_1});
    case Hints::Form::cbor:
      return first_of({Protocol::rpc_v2_cbor});
    default:
      return first_of({Protocol::rest_json, Protocol::rest_xml});
  }
}

std::string virtual_host_bucket(std::string_view host) {
  std::string name = host_name(host);
  if (is_ip_address(name)) return {};
  for (std::string_view mark : {".s3.", ".s3-"}) {
    size_t at = name.find(mark);
    if (at != std::string::npos) return name.substr(0, at);
  }
  return {};
}

}  // namespace mainstay::wire
