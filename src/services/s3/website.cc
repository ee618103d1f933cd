#include "services/s3/website.hh"

#include "base/text.hh"
#include "cloud/cloud.hh"
#include "services/s3/bucket.hh"
#include "wire/model.hh"
#include "wire/router.hh"
#include "wire/server.hh"

namespace mainstay::s3 {
namespace {

constexpr int found_code = 302, moved_code = 301;

struct Site {
  std::string bucket, region;
};

// What the host names, nothing for a host of another kind.
std::optional<Site> site_of(const std::string& host) {
  constexpr std::string_view mark = ".s3-website";
  size_t at = host.find(mark);
  if (at == std::string::npos || at == 0) return std::nullopt;
  std::string_view rest = std::string_view(host).substr(at + mark.size());
  if (!rest.starts_with('-') && !rest.starts_with('.')) return std::nullopt;
  rest.remove_prefix(1);
  std::string region(rest.substr(0, rest.find('.')));
  if (region.find('-') == std::string::npos) region = "us-east-1";
  return Site{host.substr(0, at), std::move(region)};
}

std::string escaped(const std::string& text) {
  return replace_all(replace_all(replace_all(text, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
}

std::string item(const std::string& name, const std::string& text) {
  return "<li>" + name + ": " + escaped(text) + "</li>\n";
}

std::string_view reason_of(int status) {
  switch (status) {
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 416:
      return "Requested Range Not Satisfiable";
    default:
      return status >= 500 ? "Internal Server Error" : "Bad Request";
  }
}

std::string list_of(const Error& error) {
  std::string out = item("Code", error.code) + item("Message", error.message);
  if (error.fields)
    for (const auto& [name, value] : error.fields->members()) out += item(name, value.to_text());
  return out;
}

// One request on its way; each step answers or leaves it to the next.
class Visit {
 public:
  Visit(cloud::Cloud& cloud, const HttpRequest& http, Site site)
      : cloud_(cloud),
        http_(http),
        site_(std::move(site)),
        id_(cloud.random().uuid()),
        key_(percent_decode(http.path.substr(http.path.starts_with('/') ? 1 : 0))) {}

  HttpResponse answer() {
    if (http_.method != "GET" && http_.method != "HEAD") return refuse_method();
    auto website = ask("GetBucketWebsite", Value::map({{"Bucket", site_.bucket}}), true);
    if (!website.has_value()) return error_page(website.error(), "");
    website_ = std::move(*website);
    if (website_.has("RedirectAllRequestsTo")) return redirect_all();
    if (const Value* rule = rule_for(key_, 0)) return redirect_by(*rule);
    std::string key = key_;
    const std::string& index = website_["IndexDocument"]["Suffix"].as_string();
    if (key.empty() || key.ends_with('/')) key += index;
    auto object = get(key);
    if (object.has_value()) return show(std::move(*object));
    if (object.error().code == "NotModified") return not_modified();
    if (key == key_ && get(key + "/" + index).has_value())
      return redirect(found_code, "/" + percent_encode(key, true) + "/");
    return fail(object.error());
  }

 private:
  Result<Value> ask(std::string_view operation, Value in, bool as_owner = false) {
    cloud::Caller nobody;
    nobody.kind = cloud::Caller::Kind::anonymous;
    nobody.source_ip = http_.peer;
    cloud::Caller caller =
        as_owner ? cloud::Caller::service_principal(cloud::default_account, "s3.amazonaws.com")
                 : nobody;
    return cloud_.invoke(caller, cloud::default_account, site_.region, "s3", operation,
                         std::move(in));
  }

  Result<Value> get(const std::string& key, bool conditional = true) {
    Value in = Value::map({{"Bucket", site_.bucket}, {"Key", key}});
    const std::string* header = http_.headers.find("If-None-Match");
    if (conditional && header) in.set("IfNoneMatch", *header);
    if (const std::string* since = http_.headers.find("If-Modified-Since"); conditional && since)
      if (auto time = parse_time(*since)) in.set("IfModifiedSince", *time);
    if (const std::string* range = http_.headers.find("Range"); conditional && range)
      in.set("Range", *range);
    return ask("GetObject", std::move(in));
  }

  // The first routing rule for a key: of those without an error's code, or of those with this one.
  const Value* rule_for(const std::string& key, int status) const {
    for (const Value& rule : website_["RoutingRules"].items()) {
      const Value& condition = rule["Condition"];
      const std::string& code = condition["HttpErrorCodeReturnedEquals"].as_string();
      bool is_of_status = status == 0 ? code.empty() : code == std::to_string(status);
      if (is_of_status && key.starts_with(condition["KeyPrefixEquals"].as_string())) return &rule;
    }
    return nullptr;
  }

  std::string place(const Value& to, const std::string& key) const {
    std::string protocol = to["Protocol"].as_string(), host = to["HostName"].as_string();
    if (host.empty()) host = http_.headers.get("Host");
    return (protocol.empty() ? "http" : protocol) + "://" + host + "/" + percent_encode(key, true);
  }

  HttpResponse redirect(int status, std::string where) {
    HttpResponse response;
    response.status = status;
    response.headers.set("Location", std::move(where));
    wire::add_request_id(true, id_, response.headers);
    return response;
  }

  HttpResponse redirect_all() {
    return redirect(moved_code, place(website_["RedirectAllRequestsTo"], key_));
  }

  HttpResponse redirect_by(const Value& rule) {
    const Value& to = rule["Redirect"];
    std::string key = key_;
    if (to.has("ReplaceKeyWith")) key = to["ReplaceKeyWith"].as_string();
    if (to.has("ReplaceKeyPrefixWith"))
      key = to["ReplaceKeyPrefixWith"].as_string() +
            key.substr(rule["Condition"]["KeyPrefixEquals"].as_string().size());
    auto code = parse_int(to["HttpRedirectCode"].as_string());
    return redirect(static_cast<int>(code.value_or(moved_code)), place(to, key));
  }

  HttpResponse show(Value object) {
    const std::string where = object["WebsiteRedirectLocation"].as_string();
    if (!where.empty()) return redirect(moved_code, where);
    auto loaded = cloud_.models().load("s3");
    if (!loaded.has_value()) return error_page(loaded.error(), "");
    HttpResponse response =
        wire::encode_response(*loaded->model, *loaded->model->operation("GetObject"),
                              wire::Protocol::rest_xml, object, id_);
    return without_body(std::move(response));
  }

  HttpResponse not_modified() {
    HttpResponse response;
    response.status = 304;
    wire::add_request_id(true, id_, response.headers);
    return response;
  }

  HttpResponse fail(const Error& error) {
    int status = error.status == 0 ? 400 : error.status;
    if (const Value* rule = rule_for(key_, status)) return redirect_by(*rule);
    const std::string& name = website_["ErrorDocument"]["Key"].as_string();
    if (name.empty()) return error_page(error, "");
    auto page = get(name, false);
    if (page.has_value()) return show(page->set(":status", status));
    return error_page(error,
                      "<h3>An Error Occurred While Attempting to Retrieve a Custom Error "
                      "Document</h3>\n<ul>\n" +
                          list_of(page.error()) + "</ul>\n");
  }

  HttpResponse refuse_method() {
    Error error = aws_error("MethodNotAllowed",
                            "The specified method is not allowed against this resource.", 405);
    error.fields = std::make_shared<const Value>(
        Value::map({{"Method", http_.method}, {"ResourceType", "OBJECT"}}));
    return error_page(error, "");
  }

  HttpResponse error_page(const Error& error, const std::string& more) {
    HttpResponse response;
    response.status = error.status == 0 ? 400 : error.status;
    std::string title =
        std::to_string(response.status) + " " + std::string(reason_of(response.status));
    response.headers.set("Content-Type", "text/html; charset=utf-8");
    response.body = "<html>\n<head><title>" + title + "</title></head>\n<body>\n<h1>" + title +
                    "</h1>\n<ul>\n" + list_of(error) + item("RequestId", id_) +
                    item("HostId", wire::s3_host_id(id_)) + "</ul>\n" + more +
                    "<hr/>\n</body>\n</html>\n";
    response.headers.set("x-amz-error-code", error.code);
    response.headers.set("x-amz-error-message", error.message);
    wire::add_request_id(true, id_, response.headers);
    return without_body(std::move(response));
  }

  HttpResponse without_body(HttpResponse response) const {
    if (http_.method == "HEAD") response.body.clear();
    return response;
  }

  cloud::Cloud& cloud_;
  const HttpRequest& http_;
  Site site_;
  std::string id_, key_;
  Value website_;
};

}  // namespace

std::optional<HttpResponse> answer_website(cloud::Cloud& cloud, const HttpRequest& http) {
  auto site = site_of(wire::detect(http).host);
  if (!site) return std::nullopt;
  return Visit(cloud, http, std::move(*site)).answer();
}

}  // namespace mainstay::s3
