#include "cloud/web_guard.hh"

#include <algorithm>

#include "base/text.hh"
#include "cloud/cloud.hh"
#include "cloud/cors.hh"
#include "cloud/origin.hh"
#include "cloud/web_name.hh"
#include "wire/model.hh"
#include "wire/router.hh"
#include "wire/server.hh"

namespace mainstay::cloud {
namespace {

constexpr std::string_view cors_refused =
    "This CORS request is not allowed. This is usually because the evalution of "
    "Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are "
    "not whitelisted by the resource's CORS spec.";

bool is_own(std::string_view path) {
  return path == "/_mainstay" || path.starts_with("/_mainstay/") || path == "/moto-api" ||
         path.starts_with("/moto-api/");
}

bool only_looks(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

wire::Protocol protocol_of(const wire::Hints& hints) {
  using Form = wire::Hints::Form;
  if (hints.form == Form::form) return wire::Protocol::query;
  if (hints.form == Form::json) return hints.json_version;
  return hints.form == Form::cbor ? wire::Protocol::rpc_v2_cbor : wire::Protocol::rest_xml;
}

}  // namespace

// What a browser says of itself. Of these a page can set none.
struct WebGuard::Marks {
  explicit Marks(const Headers& headers) {
    for (const auto& [name, value] : headers) {
      if (equals_ignoring_case(name, "Origin")) origins.push_back(parse_web_origin(value));
      if (equals_ignoring_case(name, "Referer")) referer = parse_web_origin(value);
      if (equals_ignoring_case(name, "Sec-Fetch-Site")) fetch_site = to_lower(trim(value));
      if (equals_ignoring_case(name, "User-Agent")) browser = value.starts_with("Mozilla/");
    }
  }
  std::vector<WebOrigin> origins;  // one, from a browser
  std::optional<WebOrigin> referer;
  std::string fetch_site;  // only to addresses that browsers count as trustworthy
  bool browser = false;

  bool any() const { return !origins.empty() || referer || !fetch_site.empty(); }
  // Where the page is from, as well as it is told; null where only fetch_site may tell.
  const WebOrigin* origin() const {
    if (!origins.empty()) return &origins.front();
    return referer ? &*referer : nullptr;
  }
};

class WebGuard::Judgement {
 public:
  Judgement(const WebGuard& guard, const HttpRequest& request)
      : guard_(guard), request_(request), marks_(request.headers) {}

  Verdict judge() {
    // HTTP/1.0 alone goes without: no browser does.
    if (std::string_view text = request_.headers.get("Host"); !text.empty()) {
      host_ = parse_web_host(text);
      if (!host_ || !knows(*host_)) return refuse_host(text);
    }
    bool preflight = request_.method == "OPTIONS";
    if (!marks_.any() && !marks_.browser && !preflight) return {};
    bool foreign = is_foreign();
    if (is_own(request_.path)) return judge_own(foreign);
    if (preflight) return judge_preflight(foreign);
    return judge_page(foreign);
  }

 private:
  bool knows(const WebHost& host) const {
    if (host.is_near() || host.is_aws()) return true;
    return std::any_of(guard_.options_.hosts.begin(), guard_.options_.hosts.end(),
                       [&](std::string_view allowed) {
                         return allowed.starts_with("*.") ? host.name.ends_with(allowed.substr(1))
                                                          : host.name == allowed;
                       });
  }

  bool is_named(const WebOrigin& origin) const {
    const auto& named = guard_.options_.origins;
    return std::find(named.begin(), named.end(), origin.text) != named.end();
  }
  bool is_own_origin(const WebOrigin& origin) const {
    if (!origin.host || !host_) return false;
    // A machine's other ports are its own too, unless strangers may have names beside it.
    return host_->is_near() ? origin.host->name == host_->name
                            : origin.host->authority == host_->authority;
  }
  bool trusts(const WebOrigin& origin) const {
    return is_named(origin) || is_own_origin(origin) || (origin.host && origin.host->is_loopback());
  }

  // Whether a page that has no business here sent it.
  bool is_foreign() const {
    if (!marks_.origins.empty())
      return !std::all_of(marks_.origins.begin(), marks_.origins.end(),
                          [&](const WebOrigin& origin) { return trusts(origin); });
    const std::string& site = marks_.fetch_site;
    if (site == "same-origin" || site == "none") return false;
    if (site == "same-site" && (!host_ || host_->is_near())) return false;
    if (!site.empty()) return !marks_.referer || !trusts(*marks_.referer);
    return is_foreign_unmarked();
  }

  // Browsers send Origin with all but GET and HEAD, and Sec-Fetch-Site to loopback. Elsewhere what
  // an <img> sends bears neither, and a page can keep its Referer back; so there a browser does not
  // get what a query names, as it might change something. Programs send Referers of their own
  // making, for policies with aws:Referer: to S3.
  bool is_foreign_unmarked() const {
    bool stranger = marks_.referer && !trusts(*marks_.referer);
    if (wire::detect(request_).form == wire::Hints::Form::rest)
      return stranger && (is_own(request_.path) || (marks_.browser && !only_looks(request_)));
    return stranger || (marks_.browser && only_looks(request_) && !marks_.referer);
  }

  Verdict judge_own(bool foreign) const {
    bool asked = request_.headers.has("X-Mainstay-Request");
    if (foreign || request_.method == "OPTIONS") return refuse_page();
    if (only_looks(request_) || asked || !marks_.any()) return {};
    return refuse("a page can't do this: " + request_.path +
                  " is for programs, which send no Origin, " +
                  "Referer or Sec-Fetch-Site, and for pages of this server that send the header "
                  "X-Mainstay-Request");
  }

  // S3's answer for a bucket; another service's, as the SDK for JavaScript needs it, for pages that
  // are trusted.
  Verdict judge_preflight(bool foreign) const {
    if (marks_.origins.empty())
      return in_words_of_s3(
          aws_error("BadRequest", "Insufficient information. Origin request header needed."));
    const WebOrigin& origin = marks_.origins.front();
    std::string bucket = bucket_addressed();
    auto rules = bucket.empty() ? std::nullopt : guard_.cloud_->cors_rules(bucket);
    if (!rules && !foreign && !is_s3_host()) return grant_preflight(origin);
    if (is_named(origin)) return grant_preflight(origin);
    if (!rules && !bucket.empty()) return refuse_cors("OPTIONS", "BUCKET", "Bucket not found");
    if (!rules) return refuse_page();
    const char* type = object_addressed() ? "OBJECT" : "BUCKET";
    if (rules->empty())
      return refuse_cors(asked_method(), type, "CORS is not enabled for this bucket.");
    auto granted = cors_answer(*rules, {origin.text, asked_method(), asked_headers()});
    if (!granted) return refuse_cors(asked_method(), type, cors_refused);
    return {HttpResponse{200, add_network(std::move(*granted)), ""}, {}};
  }

  Verdict judge_page(bool foreign) const {
    const WebOrigin* origin = marks_.origin();
    if (!origin) return foreign ? refuse_page() : Verdict();
    std::string bucket = is_s3() ? bucket_addressed() : "";
    auto rules = bucket.empty() ? std::nullopt : guard_.cloud_->cors_rules(bucket);
    auto by_rule = rules ? cors_answer(*rules, {origin->text, request_.method, asked_headers()})
                         : std::nullopt;
    if (foreign && (!by_rule || !stays_in(bucket))) return refuse_page();
    if (marks_.origins.empty()) return {};
    if (by_rule) return {std::nullopt, std::move(*by_rule)};
    if (rules && !is_named(*origin)) return {};
    return {std::nullopt,
            {{"Access-Control-Allow-Origin", origin->text},
             {"Access-Control-Expose-Headers", "*"},
             {"Vary", "Origin"}}};
  }

  // What a bucket's rules can allow is in it: its objects and their list, not the bucket itself,
  // and not what another bucket holds.
  bool stays_in(const std::string& bucket) const {
    std::string source = percent_decode(request_.headers.get("x-amz-copy-source"));
    std::string_view rest = source;
    if (rest.starts_with('/')) rest.remove_prefix(1);
    if (!rest.empty() && rest.substr(0, rest.find('/')) != bucket) return false;
    return object_addressed() || only_looks(request_) || request_.method == "POST";
  }

  bool is_s3() const {
    wire::Hints hints = wire::detect(request_);
    if (hints.form != wire::Hints::Form::rest) return false;
    auto candidates = guard_.cloud_->models().candidates(hints);
    return !candidates.empty() && candidates.front() == "s3";
  }
  bool is_s3_host() const { return !bucket_of_host(host_ ? host_->name : "").empty(); }
  std::string bucket_addressed() const {
    if (std::string bucket = bucket_of_host(host_ ? host_->name : ""); !bucket.empty())
      return bucket;
    return percent_decode(request_.path.substr(1, request_.path.find('/', 1) - 1));
  }
  bool object_addressed() const {
    if (is_s3_host()) return request_.path.size() > 1;
    size_t slash = request_.path.find('/', 1);
    return slash != std::string::npos && slash + 1 < request_.path.size();
  }

  std::string_view asked_method() const {
    return request_.headers.get("Access-Control-Request-Method");
  }
  std::string_view asked_headers() const {
    return request_.headers.get("Access-Control-Request-Headers");
  }

  Verdict grant_preflight(const WebOrigin& origin) const {
    Headers out{{"Access-Control-Allow-Origin", origin.text},
                {"Access-Control-Allow-Methods", "GET, HEAD, PUT, POST, DELETE, PATCH"},
                {"Access-Control-Max-Age", "600"},
                {"Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"}};
    if (!asked_headers().empty())
      out.add("Access-Control-Allow-Headers", std::string(asked_headers()));
    return {HttpResponse{200, add_network(std::move(out)), ""}, {}};
  }
  // A page of the internet that asks for this machine asks for that too (W3C, "Private Network
  // Access").
  Headers add_network(Headers headers) const {
    if (request_.headers.get("Access-Control-Request-Private-Network") == "true")
      headers.add("Access-Control-Allow-Private-Network", "true");
    return headers;
  }

  Verdict refuse_host(std::string_view text) const {
    return refuse("the host name " + printable(text) +
                  " is not known here; if it is yours, start the cloud with --allow-host " +
                  (host_ ? host_->name : "NAME"));
  }
  Verdict refuse_page() const {
    const WebOrigin* origin = marks_.origin();
    if (!origin) return refuse("a page of another site can't send this");
    return refuse("a page of " + printable(origin->text) +
                  " can't send this; if it is yours, start the cloud with --allow-origin, or let a "
                  "bucket's CORS rules allow its origin");
  }
  Verdict refuse(const std::string& message) const {
    Error error = aws_error("AccessDenied", "mainstay: " + message, 403);
    HttpResponse answer = wire::encode_error(protocol_of(wire::detect(request_)), error,
                                             guard_.cloud_->random().uuid());
    if (request_.method == "HEAD") answer.body.clear();
    return {std::move(answer), {}};
  }
  Verdict refuse_cors(std::string_view method, const char* type, std::string_view message) const {
    Error error = aws_error("AccessForbidden", "CORSResponse: " + std::string(message), 403);
    error.fields = std::make_shared<const Value>(
        Value::map({{"Method", std::string(method)}, {"ResourceType", type}}));
    return in_words_of_s3(error);
  }
  Verdict in_words_of_s3(const Error& error) const {
    std::string id = guard_.cloud_->random().uuid();
    auto s3 = guard_.cloud_->models().load("s3");
    if (!s3) return {wire::encode_error(wire::Protocol::rest_xml, error, id), {}};
    return {wire::encode_error(*s3->model, nullptr, wire::Protocol::rest_xml, error, id), {}};
  }

  const WebGuard& guard_;
  const HttpRequest& request_;
  Marks marks_;
  std::optional<WebHost> host_;
};

Result<WebGuard> WebGuard::make(WebGuardOptions options, Cloud& cloud) {
  for (std::string& host : options.hosts) {
    std::string_view name = host;
    bool below = name.starts_with("*.");
    auto parsed = parse_web_host(below ? name.substr(2) : name);
    if (!parsed || parsed->authority != parsed->name)
      return Error("HostInvalid", printable(host) + " is not a host name")
          .with_hint("give a name without a port, such as cloud.example.com or *.example.com");
    host = (below ? "*." : "") + parsed->name;
  }
  for (std::string& text : options.origins) {
    WebOrigin origin = parse_web_origin(text);
    bool scheme_only = text == "null" || (!origin.host && origin.text == text &&
                                          text.contains("://") && text.find("://") > 0);
    if (!scheme_only && (!origin.host || origin.text != text))
      return Error("OriginInvalid", printable(text) + " is not an origin")
          .with_hint("give it as browsers do: https://app.example.com:8443, without a path");
  }
  return WebGuard(std::move(options), cloud);
}

WebGuard::Verdict WebGuard::judge(const HttpRequest& request) const {
  return Judgement(*this, request).judge();
}

HttpReply with_headers(HttpReply reply, Headers headers) {
  class Dressed : public HttpReply::Target {
   public:
    Dressed(HttpReply to, Headers headers) : to_(std::move(to)), headers_(std::move(headers)) {}
    void answer(HttpResponse&& response) override {
      for (const auto& [name, value] : headers_) response.headers.set(name, value);
      to_.answer(std::move(response));
    }
    void dropped() override {}  // to_ goes with this
    bool gone() const override { return to_.gone(); }

   private:
    HttpReply to_;
    Headers headers_;
  };
  return HttpReply(std::make_shared<Dressed>(std::move(reply), std::move(headers)));
}

}  // namespace mainstay::cloud
