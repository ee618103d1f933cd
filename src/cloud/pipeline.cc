// The way of an HTTP request through the cloud: see cloud.hh.
#include "base/text.hh"

#include "cloud/call.hh"
#include "cloud/key_id.hh"
#include "cloud/partition.hh"
#include "cloud/refused_key.hh"
#include "cloud/run.hh"
#include "cloud/upload.hh"
#include "wire/checksum.hh"
#include "wire/event_stream.hh"
#include "wire/model.hh"
#include "wire/router.hh"
#include "wire/server.hh"
#include "wire/sigv4.hh"
#include "wire/streamed_body.hh"
#include "wire/streaming.hh"
#include "wire/validate.hh"

namespace mainstay::cloud {
namespace {

constexpr std::string_view default_region = "us-east-1";

// A region's name as it stands in a credential scope; anything odd is the default region.
std::string region_of(const wire::Hints& hints) {
  bool plain =
      !hints.region.empty() && hints.region.size() <= 32 &&
      hints.region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  return plain ? hints.region : std::string(default_region);
}

Error unknown_service(const wire::Hints& hints) {
  std::string what = !hints.signing_name.empty() ? hints.signing_name : hints.target_prefix;
  return aws_error("UnrecognizedClientException",
                   what.empty() ? "the request names no AWS service"
                                : "no AWS service is known by the name " + printable(what));
}

// S3's own refusals of what it cannot route. A key is UTF-8 (user guide, "Naming Amazon S3
// objects"), and without the zero byte, which parts bucket and key in our state.
Status check_s3_path(std::string_view path) {
  Error bad = aws_error("InvalidURI", "Couldn't parse the specified URI.");
  for (size_t at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1))
    if (!hex_decode(path.substr(at + 1, 2)) || path.size() < at + 3) return bad;
  std::string plain = percent_decode(path);
  if (!is_utf8(plain) || plain.find('\0') != std::string::npos) return bad;
  return {};
}

Error unknown_operation(const wire::Hints& hints, const HttpRequest& http,
                        std::string_view service) {
  if (service == "s3")
    return aws_error("MethodNotAllowed",
                     "The specified method is not allowed against this resource.", 405);
  if (hints.form == wire::Hints::Form::form)
    return aws_error("InvalidAction", "The action " + printable(hints.operation) +
                                          " is not valid for this web service.");
  std::string what = hints.operation.empty() ? http.method + " " + http.path : hints.operation;
  return aws_error("UnknownOperationException",
                   "The requested operation is not recognized by the service: " + printable(what),
                   404);
}

// The protocol to answer in where the service could not be found.
wire::Protocol protocol_of_form(const wire::Hints& hints) {
  switch (hints.form) {
    case wire::Hints::Form::form:
      return wire::Protocol::query;
    case wire::Hints::Form::json:
      return hints.json_version;
    case wire::Hints::Form::cbor:
      return wire::Protocol::rpc_v2_cbor;
    case wire::Hints::Form::rest:
      return wire::Protocol::rest_xml;
  }
  return wire::Protocol::rest_xml;
}

// In a header, or in the query of a presigned request.
std::string session_token(const HttpRequest& http) {
  if (const std::string* header = http.headers.find("X-Amz-Security-Token")) return *header;
  return query_parameter(http, "X-Amz-Security-Token");
}

// boto3 still presigns with Signature Version 2 in us-east-1 unless it is told otherwise. Such a
// URL of a test key is good until it expires; keys that were made here must sign with version 4, in
// the words of the regions that know no other ("Amazon S3 signature version 2 turned off").
Status check_version_2(const HttpRequest& http, bool known_key, Time now) {
  if (known_key)
    return aws_error("InvalidRequest",
                     "The authorization mechanism you have provided is not supported. Please use "
                     "AWS4-HMAC-SHA256.");
  auto expires = parse_int(query_parameter(http, "Expires"));
  if (!expires || *expires < now.ms / 1000)
    return aws_error("AccessDenied", "Request has expired", 403);
  // What was signed is in the URL too (boto3's way), and a header beside it would change the
  // signature ("Signing and authenticating REST requests", Signature Version 2: x-amz- headers are
  // part of what is signed). The signature itself can't be checked, as test keys have any secret.
  for (const auto& [name, value] : http.headers)
    if (to_lower(name).starts_with("x-amz-") && query_parameter(http, to_lower(name)) != value)
      return aws_error("SignatureDoesNotMatch",
                       "The request signature we calculated does not match the signature you "
                       "provided. Check your key and signing method.",
                       403);
  return {};
}

// Sessions of GetFederationToken never, those of GetSessionToken only with a second factor
// ("Comparing the AWS STS API operations", IAM user guide).
bool may_ask_iam(const Value& credential) {
  return !credential.has("SessionToken") || credential.has("RoleArn") ||
         (!credential.has("Issuer") && credential.has("MultiFactorAuthTime"));
}

}  // namespace

struct Cloud::Request {
  wire::Hints hints;
  Models::Loaded loaded;
  const wire::Operation* operation = nullptr;
  wire::Protocol protocol = wire::Protocol::rest_xml;
  std::string service;
  std::string bucket;  // that S3's host names, "" in path style
  bool is_head = false;
  std::string region;
  std::string id;
  std::string endpoint;
  Origin origin;
  Caller caller;
  Work work;  // once there is a handler for it
};

void Cloud::handle(HttpRequest http, const HttpReply& reply) {
  if (answer_own(http, reply)) return;
  std::optional<HttpResponse> answer;
  {
    std::shared_lock lock(resetting_);
    for (const auto& owner : entries_)
      if (owner->service.answer_url && !answer) answer = owner->service.answer_url(*this, http);
    if (!answer) {
      Request request;
      request.id = random().uuid();
      answer = serve(http, request, reply);
      if (answer && request.service == "s3")
        answer->headers.set("Date", http_date_header(clock_.wall()));
    }
  }
  if (answer) reply.answer(std::move(*answer));
}

// Only operations that take uploads get theirs so; others' are kept in memory.
BodyPlan Cloud::plan_body(const HttpRequest& head, std::optional<uint64_t> length) {
  std::shared_lock lock(resetting_);
  Request request;
  request.id = random().uuid();
  if (!route(head, request).has_value()) return {};
  Entry* found = entry(request.service);
  if (!found) return {};
  auto it = found->operations.find(request.operation->name);
  if (it == found->operations.end() || it->second->upload_bytes_max == 0) return {};
  uint64_t most = it->second->upload_bytes_max;
  if (auto decoded = parse_int(head.headers.get("x-amz-decoded-content-length"));
      decoded && *decoded >= 0 && wire::is_streaming(head.headers))
    length = static_cast<uint64_t>(*decoded);
  if (length && *length > most)
    return {nullptr, encode(request, wire::entity_too_large(*length, most))};
  std::string name = random().hex(32);
  auto writer = store_->blobs().begin(name);
  if (!writer.has_value()) return {nullptr, encode(request, writer.error())};
  return {std::make_shared<Upload>(head.headers, most, name, std::move(*writer)), std::nullopt};
}

HttpResponse Cloud::encode(const Request& request, const Result<Value>& out) {
  if (out.has_value())
    return wire::encode_response(*request.loaded.model, *request.operation, request.protocol, *out,
                                 request.id);
  if (!request.loaded.model) return wire::encode_error(request.protocol, out.error(), request.id);
  HttpResponse response = wire::encode_error(*request.loaded.model, request.operation,
                                             request.protocol, out.error(), request.id);
  if (request.is_head) response.body.clear();
  return response;
}

// With what comes after its head: a long payload, or events.
HttpResponse Cloud::encode_whole(const Request& request, const Work& work,
                                 const Result<Value>& out) {
  HttpResponse response = encode(request, out);
  response.source = work.body;
  if (!out.has_value() || !work.events) return response;
  response.body.clear();
  response.headers.set("Content-Type", std::string(wire::event_stream_type));
  response.source =
      event_body(work.events, request.loaded, *request.operation, request.protocol, *out);
  return response;
}

std::optional<HttpResponse> Cloud::serve(HttpRequest& http, Request& request,
                                         const HttpReply& reply) {
  auto failed = [&](const Error& error) { return encode(request, error); };
  request.is_head = http.method == "HEAD";
  if (Status s = route(http, request); !s.has_value()) return failed(s.error());
  if (request.service == "s3")
    if (Status s = check_s3_path(http.path); !s.has_value()) return failed(s.error());
  if (Status s = identify(http, request); !s.has_value()) return failed(s.error());
  if (request.service == "s3" && request.operation->checksum_required)
    if (Status s = wire::check_checksums(http.headers, http.body); !s.has_value())
      return failed(s.error());
  if (request.service == "s3" && !request.bucket.empty())
    http.path = "/" + request.bucket + http.path;
  auto in = wire::decode_request(*request.loaded.model, *request.operation, request.protocol, http);
  if (!in.has_value()) return failed(in.error());
  request.work.in = std::move(*in);
  request.work.upload = std::dynamic_pointer_cast<Upload>(http.sink);
  auto out = run(request, reply);
  if (!out) return std::nullopt;
  record(request, request.work, *out);
  return encode_whole(request, request.work, *out);
}

// Finds service, operation and codec. What is found before an error is kept, so that the error goes
// out in the form that the client reads.
Status Cloud::route(const HttpRequest& http, Request& request) {
  request.hints = wire::detect(http);
  request.region = region_of(request.hints);
  request.protocol = protocol_of_form(request.hints);
  request.endpoint = "http://" + std::string(http.headers.get("Host"));
  request.origin = Origin::of(http);
  auto candidates = models_.candidates(request.hints);
  if (candidates.empty()) return unknown_service(request.hints);
  for (const std::string& name : candidates) {
    bool is_form = request.hints.form == wire::Hints::Form::form;
    TRY(Models::Loaded loaded, is_form ? models_.load_for_query(name) : models_.load(name));
    const wire::Operation* operation = nullptr;
    if (!request.hints.operation.empty()) {
      operation = loaded.model->operation(request.hints.operation);
    } else if (loaded.router) {
      if (name == "s3") request.bucket = bucket_of_host(request.hints.host);
      bool hosted = name == "s3" && !request.bucket.empty();
      std::string path = hosted ? "/" + request.bucket + http.path : http.path;
      operation = loaded.router->match(http.method, path, http.query, &http.headers);
    }
    if (operation || !request.loaded.model) {
      request.service = name;
      request.loaded = loaded;
      request.protocol = wire::protocol_for(request.hints, *loaded.model);
      request.operation = operation;
    }
    if (operation) return {};
  }
  return unknown_operation(request.hints, http, request.service);
}

std::optional<Result<Value>> Cloud::run(Request& request, const HttpReply& reply) {
  Work& work = request.work;
  work.caller = std::move(request.caller);
  work.region = request.region;
  work.request_id = request.id;
  work.endpoint = std::move(request.endpoint);
  work.origin = std::move(request.origin);
  auto prepared = [&]() -> Status {
    Entry* found = entry(request.service);
    if (!found) return not_implemented(request.service, request.operation->name);
    auto it = found->operations.find(request.operation->name);
    if (it == found->operations.end())
      return not_implemented(request.service, request.operation->name);
    work.entry = found;
    work.operation = it->second;
    CHECK_OK(wire::validate(*request.operation, work.in,
                            wire::validate_options(*request.loaded.model, request.protocol)));
    work.account = found->service.account_for(
        work.caller.account.empty() ? default_account : work.caller.account, work.in);
    return prepare(*found, work.account, request.region);
  }();
  if (!prepared.has_value()) return prepared.error();
  struct Waiting : Keeper {
    Waiting(Cloud& c, Request& r, const HttpReply& to) : cloud(c), request(r), reply(to) {}
    std::shared_ptr<Job> keep() override {
      auto job = std::make_shared<Job>();
      auto kept = std::make_shared<Request>(std::move(request));
      job->work = std::move(kept->work);
      job->is_gone = [to = reply] { return to.gone(); };
      job->done = [&here = cloud, kept, to = reply](const Work& w, Result<Value> out) {
        here.record(*kept, w, out);
        to.answer(encode_whole(*kept, w, out));
      };
      return job;
    }
    Cloud& cloud;
    Request& request;
    const HttpReply& reply;
  } waiting(*this, request, reply);
  return attempt(work, waiting);
}

void Cloud::record(const Request& request, const Work& work, const Result<Value>& out) {
  if (!work.operation || work.entry->service.is_data_event(work.operation->name)) return;
  keep_event({0, now(), request.service, std::string(work.operation->name), request.region,
              request.id, work.origin.user_agent, work.caller},
             work, out);
}

Error Cloud::not_implemented(std::string_view service, std::string_view operation) {
  return aws_error("NotImplemented",
                   "mainstay's embedded cloud does not implement " + std::string(service) + ":" +
                       std::string(operation) + " yet",
                   501);
}

// A key that was made here is its principal and must sign with its secret. Twelve digits are that
// account's root; a key that nobody made is the root of the default account, unless the cloud is
// strict: then roots are whoever has their secret.
// A streaming body (aws-chunked) is unpacked, its chunks checked.
Status Cloud::identify(HttpRequest& http, Request& request) {
  bool is_s3 = request.service == "s3";
  bool unsigned_s3 = is_s3 && request.hints.access_key.empty();
  std::string version_2_key = unsigned_s3 ? query_parameter(http, "AWSAccessKeyId") : "";
  const std::string& key = version_2_key.empty() ? request.hints.access_key : version_2_key;
  if (key.empty()) {
    if (!is_s3 && !request.operation->no_auth)
      return aws_error("MissingAuthenticationToken", "Request is missing Authentication Token",
                       403);
    request.caller.kind = Caller::Kind::anonymous;
    request.caller.source_ip = http.peer;
    return wire::unpack_streaming(http, nullptr);
  }
  auto credential = credentials().find(key);
  const Presented presented{request.service, request.protocol, session_token(http)};
  if (!credential) CHECK_OK(check_unknown_key(key, presented));
  if (!version_2_key.empty())
    CHECK_OK(check_version_2(http, credential.has_value(), clock_.wall()));
  CHECK_OK(wire::check_all_signed(http));
  if (!credential) return identify_root(key, http, request);
  CHECK_OK(check_credential(*credential, presented));
  auto secret = [&](std::string_view) { return (*credential)["SecretAccessKey"].as_string(); };
  if (request.service == "iam" && !may_ask_iam(*credential))
    return aws_error("InvalidClientTokenId",
                     "The security token included in the request is invalid", 403);
  // Clients sign by the wall's time, whatever the cloud's clock says.
  TRY(wire::Verified verified, wire::verify(http, secret, clock_.wall()));
  request.caller = caller_of(*credential);
  request.caller.source_ip = http.peer;
  return wire::unpack_streaming(http, &verified);
}

// A strict cloud knows a root by the secret that it was started with.
Status Cloud::identify_root(const std::string& key, HttpRequest& http, Request& request) {
  std::optional<wire::Verified> verified;
  if (options_.strict) {
    auto secret = [&](std::string_view) { return options_.root_secret; };
    TRY(verified, wire::verify(http, secret, clock_.wall()));
  }
  request.caller = Caller::root_of(is_account_id(key) ? std::string_view(key) : default_account);
  request.caller.arn = "arn:" + std::string(partition_of(request.region)) +
                       ":iam::" + request.caller.account + ":root";
  request.caller.access_key = key;
  request.caller.source_ip = http.peer;
  return wire::unpack_streaming(http, verified ? &*verified : nullptr);
}

// What was made here and is gone stays refused: it must not become a test key, which may do all.
Status Cloud::check_unknown_key(const std::string& key, const Presented& presented) const {
  bool made_here = is_key_id_made_here(key);
  bool is_root = is_account_id(key) && !options_.root_secret.empty();
  if (!made_here && (!options_.strict || is_root)) return {};
  auto expiry = made_here ? expiry_of_session_token(presented.token) : std::nullopt;
  return expiry && *expiry <= now() ? expired_key(presented.service, presented.protocol)
                                    : invalid_key(presented.service, presented.protocol);
}

Status Cloud::check_credential(const Value& credential, const Presented& presented) const {
  Error invalid = invalid_key(presented.service, presented.protocol);
  if (credential["Status"].as_string() != "Active") return invalid;
  if (credential.has("SessionToken") && presented.token != credential["SessionToken"].as_string())
    return invalid;
  if (credential.has("Expiration") && credential["Expiration"].as_time() <= now())
    return expired_key(presented.service, presented.protocol);
  return {};
}

Caller Cloud::caller_of(const Value& credential) {
  const std::string& kind = credential["Kind"].as_string();
  Caller c = Caller::root_of(credential["Account"].as_string());
  if (kind == "user") c.kind = Caller::Kind::user;
  if (kind == "session") c.kind = Caller::Kind::session;
  c.arn = credential["Arn"].as_string();
  c.user_id = credential["UserId"].as_string();
  c.access_key = credential["AccessKeyId"].as_string();
  c.details = credential;
  return c;
}

}  // namespace mainstay::cloud
