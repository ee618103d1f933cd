#include "services/s3/post_object.hh"

#include "base/text.hh"
#include "cloud/cloud.hh"
#include "cloud/origin.hh"
#include "cloud/signed_form.hh"
#include "services/s3/bucket.hh"
#include "services/s3/post_form.hh"
#include "services/s3/post_policy.hh"
#include "wire/model.hh"
#include "wire/router.hh"
#include "wire/server.hh"
#include "wire/xml.hh"

namespace mainstay::s3 {
namespace {

// Fields whose names are not those of PutObject's headers.
struct Renamed {
  std::string_view field, header;
};
constexpr Renamed renamed_fields[] = {{"acl", "x-amz-acl"}};
constexpr std::string_view header_fields[] = {"cache-control",       "content-type",
                                              "content-disposition", "content-encoding",
                                              "content-language",    "expires"};

Error no_field(const std::string& name) {
  return invalid_argument("Bucket POST must contain a field named '" + name +
                              "'.  If it is specified, please check the order of the fields.",
                          name, "");
}

// The bucket that a POST is for; "" where it is for no bucket.
std::string bucket_of_post(const HttpRequest& http) {
  if (http.method != "POST" || !http.query.empty()) return "";
  std::string hosted = cloud::bucket_of_host(wire::detect(http).host);
  std::string_view path = http.path;
  if (!hosted.empty()) return path == "/" ? hosted : "";
  if (!path.starts_with('/')) return "";
  path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  return path.contains('/') ? "" : percent_decode(path);
}

bool is_bucket(cloud::Cloud& cloud, const std::string& name) {
  return !name.empty() && cloud.cors_rules(name).has_value();
}

// What signs the form: Version 4's fields, Version 2's, or nothing.
Result<cloud::SignedForm> signature_of(const PostForm& form) {
  cloud::SignedForm out;
  out.text = form.get("policy");
  out.region = "us-east-1";
  out.session_token = form.get("x-amz-security-token");
  if (form.find("x-amz-algorithm") || form.find("x-amz-credential")) {
    for (const char* name : {"policy", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature"})
      if (!form.find(name)) return no_field(name);
    if (form.get("x-amz-algorithm") != "AWS4-HMAC-SHA256")
      return invalid_argument("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"",
                              "X-Amz-Algorithm", form.get("x-amz-algorithm"));
    auto scope = split(form.get("x-amz-credential"), "/");
    if (scope.size() != 5 || scope[3] != "s3" || scope[4] != "aws4_request")
      return invalid_argument(
          "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/"
          "aws4_request\".",
          "X-Amz-Credential", form.get("x-amz-credential"));
    out.access_key = scope[0];
    out.date = scope[1];
    out.region = scope[2];
    out.signature = form.get("x-amz-signature");
    return out;
  }
  if (form.find("AWSAccessKeyId") || form.find("policy") || form.find("signature")) {
    for (const char* name : {"AWSAccessKeyId", "policy", "Signature"})
      if (!form.find(name)) return no_field(name);
    out.access_key = form.get("AWSAccessKeyId");
    out.is_version_2 = true;
  }
  return out;
}

// The field "tagging" is the XML of PutObjectTagging; the header is a query.
Result<std::string> tags_as_query(const std::string& xml) {
  auto parsed = wire::parse_xml(xml);
  if (!parsed.has_value()) return malformed_xml();
  const wire::XmlDocument& document = *parsed;
  std::string out;
  pugi::xml_node tags = wire::xml_child(wire::xml_root(document), "TagSet");
  for (pugi::xml_node tag = tags.first_child(); tag; tag = tag.next_sibling())
    out += (out.empty() ? "" : "&") + percent_encode(wire::xml_text(wire::xml_child(tag, "Key"))) +
           "=" + percent_encode(wire::xml_text(wire::xml_child(tag, "Value")));
  return out;
}

// The form as the PutObject that it stands for.
Result<HttpRequest> put_of(const PostForm& form, const std::string& bucket, std::string key) {
  HttpRequest put;
  put.method = "PUT";
  put.path = "/" + bucket + "/" + percent_encode(key, true);
  put.body = form.file;
  if (!form.file_type.empty() && form.file_type != "application/octet-stream")
    put.headers.set("Content-Type", form.file_type);
  for (const auto& [name, value] : form.fields) {
    std::string lower = to_lower(name);
    bool is_header = std::ranges::find(header_fields, lower) != std::end(header_fields);
    const auto* other = std::ranges::find(renamed_fields, lower, &Renamed::field);
    if (other != std::end(renamed_fields)) put.headers.set(other->header, value);
    if (is_header || lower.starts_with("x-amz-")) put.headers.set(lower, value);
    if (lower != "tagging") continue;
    TRY(std::string tags, tags_as_query(value));
    put.headers.set("x-amz-tagging", tags);
  }
  return put;
}

HttpResponse answer_of_post(const HttpRequest& http, const PostForm& form,
                            const std::string& bucket, const std::string& key, const Value& out) {
  HttpResponse response;
  const std::string& etag = out["ETag"].as_string();
  std::string where = "http://" + std::string(http.headers.get("Host"));
  if (cloud::bucket_of_host(wire::detect(http).host).empty()) where += "/" + bucket;
  where += "/" + percent_encode(key, true);
  std::string redirect = form.get("success_action_redirect");
  if (redirect.empty()) redirect = form.get("redirect");
  response.headers.set("ETag", etag);
  if (redirect.starts_with("http://") || redirect.starts_with("https://")) {
    response.status = 303;
    response.headers.set("Location", redirect + (redirect.contains('?') ? "&" : "?") + "bucket=" +
                                         percent_encode(bucket) + "&key=" + percent_encode(key) +
                                         "&etag=" + percent_encode(etag));
    return response;
  }
  response.headers.set("Location", where);
  if (out.has("VersionId")) response.headers.set("x-amz-version-id", out["VersionId"].as_string());
  const std::string status = form.get("success_action_status");
  response.status = status == "200" ? 200 : status == "201" ? 201 : 204;
  if (response.status != 201) return response;
  response.headers.set("Content-Type", "application/xml");
  wire::XmlWriter writer(response.body);
  writer.declaration();
  writer.open("PostResponse");
  for (const auto& [name, text] : {std::pair<const char*, const std::string&>("Location", where),
                                   {"Bucket", bucket},
                                   {"Key", key},
                                   {"ETag", etag}})
    writer.element(name, text);
  writer.close("PostResponse");
  return response;
}

Result<HttpResponse> take_form(cloud::Cloud& cloud, const HttpRequest& http,
                               const std::string& bucket) {
  if (!to_lower(http.headers.get("Content-Type")).starts_with("multipart/form-data")) {
    Error error = aws_error("PreconditionFailed",
                            "At least one of the pre-conditions you specified did not hold", 412);
    error.fields = std::make_shared<const Value>(Value::map(
        {{"Condition", "Bucket POST must be of the enclosure-type multipart/form-data"}}));
    return error;
  }
  TRY(PostForm form, parse_post_form(http.headers.get("Content-Type"), http.body));
  if (!form.find("key")) return no_field("key");
  TRY(cloud::SignedForm signature, signature_of(form));
  if (!signature.access_key.empty())
    CHECK_OK(check_post_policy(form.get("policy"), form, bucket, cloud.clock().wall()));
  std::string key = form.get("key");
  if (!form.file_name.empty()) key = replace_all(key, "${filename}", form.file_name);
  if (key.empty())
    return invalid_argument("User key must have a length greater than 0.", "key", "");
  TRY(HttpRequest put, put_of(form, bucket, key));
  TRY(cloud::Models::Loaded loaded, cloud.models().load("s3"));
  TRY(Value in, wire::decode_request(*loaded.model, *loaded.model->operation("PutObject"),
                                     wire::Protocol::rest_xml, put));
  TRY(Value out, cloud.invoke_form(signature, http, "s3", "PutObject", in.set("_Form", true)));
  return answer_of_post(http, form, bucket, key, out);
}

}  // namespace

std::optional<HttpResponse> answer_post(cloud::Cloud& cloud, const HttpRequest& http) {
  std::string bucket = bucket_of_post(http);
  if (bucket.empty()) return std::nullopt;
  bool is_form = to_lower(http.headers.get("Content-Type")).starts_with("multipart/form-data");
  bool is_signed = http.headers.has("Authorization") || http.headers.has("X-Amz-Target");
  if (!is_form && (is_signed || !is_bucket(cloud, bucket))) return std::nullopt;
  auto answer = take_form(cloud, http, bucket);
  std::string id = cloud.random().uuid();
  auto loaded = cloud.models().load("s3");
  if (!answer.has_value() && loaded.has_value())
    return wire::encode_error(*loaded->model, nullptr, wire::Protocol::rest_xml, answer.error(),
                              id);
  if (!answer.has_value()) return wire::encode_error(wire::Protocol::rest_xml, answer.error(), id);
  wire::add_request_id(true, id, answer->headers);
  return std::move(*answer);
}

}  // namespace mainstay::s3
