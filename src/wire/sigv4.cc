#include "wire/sigv4.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/text.hh"
#include "wire/form.hh"
#include "wire/sigv4_detail.hh"

namespace mainstay::wire {
namespace {

// Dot segments and empty ones taken out; a slash at the end stays.
std::string normalised(std::string_view path) {
  std::vector<std::string_view> kept;
  bool directory = true;
  while (!path.empty()) {
    path.remove_prefix(path.front() == '/' ? 1 : 0);
    std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    directory = segment.empty() || segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!directory) kept.push_back(segment);
  }
  std::string out;
  for (std::string_view segment : kept) out += '/' + std::string(segment);
  if (directory) out += '/';
  return out;
}

// Every byte encoded once, however it was sent; but an encoded slash is not a plain one.
std::string encoded_once(std::string_view path) {
  std::string out;
  while (true) {
    size_t slash = std::min(path.find("%2F"), path.find("%2f"));
    out += percent_encode(percent_decode(path.substr(0, slash)), true);
    if (slash == std::string_view::npos) break;
    out += "%2F";
    path.remove_prefix(slash + 3);
  }
  return out.empty() ? "/" : out;
}

std::string canonical_path(std::string_view path, bool s3) {
  return s3 ? encoded_once(path) : percent_encode(normalised(path), true);
}

std::string canonical_query(std::string_view query, bool without_signature) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (auto& [name, value] : parse_plain_pairs(query))
    if (!without_signature || name != "X-Amz-Signature")
      pairs.emplace_back(percent_encode(name), percent_encode(value));
  std::ranges::sort(pairs);
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out += name + '=' + value;
  }
  return out;
}

// Runs of spaces become one.
void append_collapsed(std::string& out, std::string_view value) {
  bool space = false;
  for (char c : trim(value)) {
    bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) out += c;
    if (blank && !space) out += ' ';
    space = blank;
  }
}

void append_header(std::string& out, const Headers& headers, std::string_view name) {
  out += name;
  out += ':';
  bool first = true;
  for (const auto& [field, value] : headers) {
    if (!equals_ignoring_case(field, name)) continue;
    if (!std::exchange(first, false)) out += ',';
    append_collapsed(out, value);
  }
  out += '\n';
}

std::vector<std::string> headers_to_sign(const HttpRequest& request) {
  std::vector<std::string> names;
  for (const auto& [name, value] : request.headers) {
    std::string lower = to_lower(name);
    // Proxies change or add these, so signers leave them out (botocore's auth.py).
    static constexpr std::string_view skipped[] = {"authorization", "connection",
                                                   "expect",        "transfer-encoding",
                                                   "user-agent",    "x-amzn-trace-id"};
    if (std::ranges::find(skipped, lower) == std::end(skipped)) names.push_back(std::move(lower));
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string payload_hash(const HttpRequest& request, const SignOptions& options) {
  if (options.payload == Payload::unsigned_body) return "UNSIGNED-PAYLOAD";
  if (options.payload == Payload::as_header_says)
    return std::string(request.headers.get("x-amz-content-sha256"));
  return hex_encode(sha256(request.body));
}

}  // namespace

Pairs parse_plain_pairs(std::string_view query) {
  Pairs pairs;
  while (!query.empty()) {
    std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    size_t equals = std::min(pair.find('='), pair.size());
    pairs.emplace_back(percent_decode(pair.substr(0, equals)),
                       percent_decode(pair.substr(std::min(pair.size(), equals + 1))));
  }
  return pairs;
}

std::string canonical_request(const HttpRequest& request,
                              const std::vector<std::string>& signed_headers,
                              std::string_view payload_hash_text, bool s3,
                              bool without_signature_parameter) {
  std::string out = request.method + '\n' + canonical_path(request.path, s3) + '\n' +
                    canonical_query(request.query, without_signature_parameter) + '\n';
  for (const std::string& name : signed_headers) append_header(out, request.headers, name);
  out += '\n' + join(signed_headers, ";") + '\n';
  out += payload_hash_text;
  return out;
}

std::string string_to_sign(std::string_view canonical, std::string_view amz_date,
                           std::string_view scope) {
  std::string out = "AWS4-HMAC-SHA256\n";
  out += amz_date;
  out += '\n';
  out += scope;
  out += '\n' + hex_encode(sha256(canonical));
  return out;
}

std::string signing_key(std::string_view secret, std::string_view date, std::string_view region,
                        std::string_view service) {
  std::string key = hmac_sha256("AWS4" + std::string(secret), date);
  key = hmac_sha256(key, region);
  key = hmac_sha256(key, service);
  return hmac_sha256(key, "aws4_request");
}

std::string scope_of(std::string_view date, std::string_view region, std::string_view service) {
  std::string scope(date);
  scope += '/';
  scope += region;
  scope += '/';
  scope += service;
  return scope + "/aws4_request";
}

std::string sign(HttpRequest& request, const Credentials& credentials, std::string_view region,
                 std::string_view service, Time now, const SignOptions& options) {
  std::string amz_date = format_basic(now), date = amz_date.substr(0, 8);
  request.headers.set("X-Amz-Date", amz_date);
  bool token = !credentials.session_token.empty();
  if (token && options.sign_token)
    request.headers.set("X-Amz-Security-Token", credentials.session_token);
  std::string hash = payload_hash(request, options);
  if (options.content_sha256_header || is_s3_service(service))
    request.headers.set("x-amz-content-sha256", hash);
  auto names = headers_to_sign(request);
  std::string scope = scope_of(date, region, service);
  std::string canonical = canonical_request(request, names, hash, is_s3_service(service));
  std::string key = signing_key(credentials.secret_key, date, region, service);
  std::string signature = hex_encode(hmac_sha256(key, string_to_sign(canonical, amz_date, scope)));
  request.headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=" + credentials.access_key +
                                           '/' + scope + ", SignedHeaders=" + join(names, ";") +
                                           ", Signature=" + signature);
  if (token && !options.sign_token)
    request.headers.set("X-Amz-Security-Token", credentials.session_token);
  return signature;
}

void presign(HttpRequest& request, const Credentials& credentials, std::string_view region,
             std::string_view service, Time now, int64_t expires_s) {
  std::string amz_date = format_basic(now), date = amz_date.substr(0, 8);
  std::string scope = scope_of(date, region, service);
  auto names = headers_to_sign(request);
  std::string& query = request.query;
  auto add = [&](std::string_view name, std::string_view value) {
    if (!query.empty()) query += '&';
    query += std::string(name) + '=' + percent_encode(value);
  };
  add("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
  add("X-Amz-Credential", credentials.access_key + '/' + scope);
  add("X-Amz-Date", amz_date);
  add("X-Amz-Expires", std::to_string(expires_s));
  add("X-Amz-SignedHeaders", join(names, ";"));
  if (!credentials.session_token.empty()) add("X-Amz-Security-Token", credentials.session_token);
  bool s3 = is_s3_service(service);
  std::string hash = s3 ? "UNSIGNED-PAYLOAD" : hex_encode(sha256(request.body));
  std::string canonical = canonical_request(request, names, hash, s3);
  std::string key = signing_key(credentials.secret_key, date, region, service);
  add("X-Amz-Signature", hex_encode(hmac_sha256(key, string_to_sign(canonical, amz_date, scope))));
}

}  // namespace mainstay::wire
