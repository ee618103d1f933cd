#include <algorithm>
#include <array>

#include "base/digest.hh"
#include "base/http_body.hh"
#include "base/text.hh"
#include "base/value.hh"
#include "wire/sigv4.hh"
#include "wire/sigv4_detail.hh"

namespace mainstay::wire {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr int64_t presigned_s_max = 7 * 24 * 3600;  // S3's and everybody's limit: a week
constexpr int forbidden = 403;

Error incomplete(std::string message) {
  return aws_error("IncompleteSignature", std::move(message), 400);
}

std::string find_plain(const Pairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs)
    if (key == name) return value;
  return {};
}

// An access key may hold slashes; the scope is what ends it. Every request comes by here, so the
// parts are views.
Status read_scope(std::string_view text, Credential& out) {
  std::string_view rest = text;
  std::array<std::string_view, 4> parts;  // from the end: term, service, region, date
  for (std::string_view& part : parts) {
    size_t slash = rest.rfind('/');
    if (slash == std::string_view::npos)
      return incomplete(
          "Credential must have exactly 5 slash-delimited elements, e.g. "
          "keyid/date/region/service/term, got '" +
          printable(text) + "'");
    part = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
  }
  out.service = parts[1];
  out.region = parts[2];
  out.date = parts[3];
  out.scope = scope_of(out.date, out.region, out.service);
  out.access_key = rest;
  return {};
}

Result<Credential> from_header(std::string_view header) {
  header = trim(header);
  if (!header.starts_with(algorithm))
    return incomplete("Authorization header requires existence of AWS4-HMAC-SHA256");
  Credential out;
  std::string_view credential, names;
  for (std::string_view rest = header.substr(algorithm.size()); !rest.empty();) {
    size_t comma = std::min(rest.find(','), rest.size());
    std::string_view item = trim(rest.substr(0, comma));
    rest.remove_prefix(std::min(rest.size(), comma + 1));
    size_t equals = std::min(item.find('='), item.size());
    std::string_view value = item.substr(std::min(item.size(), equals + 1));
    std::string_view key = item.substr(0, equals);
    if (key == "Credential") credential = value;
    if (key == "SignedHeaders") names = value;
    if (key == "Signature") out.signature = value;
  }
  std::string missing;
  if (credential.empty()) missing += " Authorization header requires 'Credential' parameter.";
  if (out.signature.empty()) missing += " Authorization header requires 'Signature' parameter.";
  if (names.empty()) missing += " Authorization header requires 'SignedHeaders' parameter.";
  if (!missing.empty()) return incomplete(missing.substr(1));
  CHECK_OK(read_scope(credential, out));
  out.signed_headers = split(names, ";");
  return out;
}

Result<Credential> from_query(const Pairs& query) {
  Credential out;
  out.presigned = true;
  if (find_plain(query, "X-Amz-Algorithm") != algorithm)
    return incomplete("AWS query-string parameters must include 'X-Amz-Algorithm'.");
  for (const char* name :
       {"X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature", "X-Amz-SignedHeaders"})
    if (find_plain(query, name).empty())
      return incomplete(std::string("AWS query-string parameters must include '") + name +
                        "'. Re-examine the query-string parameters.");
  CHECK_OK(read_scope(find_plain(query, "X-Amz-Credential"), out));
  out.signature = find_plain(query, "X-Amz-Signature");
  out.signed_headers = split(find_plain(query, "X-Amz-SignedHeaders"), ";");
  return out;
}

bool presigned(const HttpRequest& request) {
  return request.query.find("X-Amz-Signature=") != std::string::npos ||
         request.query.find("X-Amz-Credential=") != std::string::npos;
}

struct Dates {
  std::string text;
  Time at;
  int64_t expires_s = 0;  // of a presigned request
};

Result<Dates> dates_of(const HttpRequest& request, const Credential& c) {
  Dates dates;
  if (c.presigned) {
    Pairs query = parse_plain_pairs(request.query);
    dates.text = find_plain(query, "X-Amz-Date");
    std::string expires = find_plain(query, "X-Amz-Expires");
    auto seconds = expires.empty() ? std::optional<int64_t>(900) : parse_int(expires);
    if (!seconds || *seconds < 1 || *seconds > presigned_s_max)
      return aws_error("AuthorizationQueryParametersError",
                       "X-Amz-Expires must be between 1 and 604800 seconds", 400);
    dates.expires_s = *seconds;
  } else {
    dates.text = request.headers.get("X-Amz-Date");
    // An HTTP date will do where X-Amz-Date is absent.
    if (dates.text.empty())
      if (auto date = parse_time(request.headers.get("Date"))) dates.text = format_basic(*date);
  }
  auto at = parse_time(dates.text);
  if (!at || dates.text.size() != 16)
    return incomplete("Date in the request must be in ISO-8601 'basic format', got '" +
                      printable(dates.text) + "'");
  dates.at = *at;
  return dates;
}

Status check_time(const Credential& c, const Dates& dates, Time now, int64_t skew_ms) {
  bool s3 = is_s3_service(c.service);
  if (c.date != dates.text.substr(0, 8))
    return aws_error("SignatureDoesNotMatch",
                     "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                     "date from HTTP: '" +
                         printable(c.date) + "' != '" + dates.text.substr(0, 8) + "'",
                     forbidden);
  int64_t life_ms = c.presigned ? dates.expires_s * 1000 : skew_ms;
  bool early = dates.at - now > skew_ms, late = now - dates.at > life_ms;
  if (!early && !late) return {};
  if (late && c.presigned)
    return aws_error(s3 ? "AccessDenied" : "RequestExpired", "Request has expired", forbidden);
  if (s3)
    return aws_error("RequestTimeTooSkewed",
                     "The difference between the request time and the current time is too large.",
                     forbidden);
  return aws_error("SignatureDoesNotMatch",
                   std::string(late ? "Signature expired: " : "Signature not yet current: ") +
                       dates.text + " is now " + (late ? "earlier" : "later") + " than " +
                       format_basic(late ? now + -skew_ms : now + skew_ms),
                   forbidden);
}

// What the signer signed for the body.
Result<std::string> signed_hash(const HttpRequest& request, const Credential& c) {
  std::string_view header = request.headers.get("x-amz-content-sha256");
  bool s3 = is_s3_service(c.service);
  if (c.presigned && s3) return header.empty() ? "UNSIGNED-PAYLOAD" : std::string(header);
  if (header == "UNSIGNED-PAYLOAD" || header.starts_with("STREAMING-")) return std::string(header);
  std::string actual = request.sink ? request.sink->sha256() : hex_encode(sha256(request.body));
  if (!header.empty() && !equals_ignoring_case(header, actual))
    return s3 ? aws_error("XAmzContentSHA256Mismatch",
                          "The provided 'x-amz-content-sha256' header does not match what was "
                          "computed.",
                          400)
              : does_not_match();
  return header.empty() ? actual : std::string(header);
}

Status check_signed_headers(const HttpRequest& request, const Credential& c) {
  if (std::ranges::find(c.signed_headers, "host") == c.signed_headers.end())
    return aws_error("SignatureDoesNotMatch",
                     "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
                     forbidden);
  for (const std::string& name : c.signed_headers)
    if (!request.headers.has(name)) return does_not_match();
  return {};
}

}  // namespace

// "all x-amz-* headers ... must be signed" ("Authenticating Requests: Using Query Parameters", S3
// API reference): whoever was given the URL may add nothing to what it asks for. The hash of the
// payload only binds them.
Status check_all_signed(const HttpRequest& request) {
  if (!presigned(request) || request.headers.has("Authorization")) return {};
  auto names = split(find_plain(parse_plain_pairs(request.query), "X-Amz-SignedHeaders"), ";");
  std::vector<std::string> unsigned_names;
  for (const auto& [name, value] : request.headers) {
    std::string lower = to_lower(name);
    if (lower.starts_with("x-amz-") && lower != "x-amz-content-sha256" &&
        std::ranges::find(names, lower) == names.end())
      unsigned_names.push_back(lower);
  }
  if (unsigned_names.empty()) return {};
  Error error = aws_error(
      "AccessDenied", "There were headers present in the request which were not signed", forbidden);
  error.fields =
      std::make_shared<const Value>(Value::map({{"HeadersNotSigned", join(unsigned_names, ", ")}}));
  return error;
}

Error does_not_match() {
  return aws_error("SignatureDoesNotMatch",
                   "The request signature we calculated does not match the signature you "
                   "provided. Check your AWS Secret Access Key and signing method. Consult the "
                   "service documentation for details.",
                   forbidden);
}

Result<Credential> parse_authorization(const HttpRequest& request) {
  const std::string* header = request.headers.find("Authorization");
  if (header == nullptr && !presigned(request))
    return aws_error("MissingAuthenticationToken", "Request is missing Authentication Token",
                     forbidden);
  auto parsed =
      header != nullptr ? from_header(*header) : from_query(parse_plain_pairs(request.query));
  return parsed;
}

std::optional<Credential> credential_of(const HttpRequest& request) {
  auto parsed = parse_authorization(request);
  if (!parsed) return std::nullopt;
  return std::move(*parsed);
}

Result<Verified> verify(const HttpRequest& request, const SecretOf& secret_of, Time now,
                        int64_t skew_ms) {
  Verified out;
  TRY(out.credential, parse_authorization(request));
  const Credential& c = out.credential;
  bool s3 = is_s3_service(c.service);
  auto secret = secret_of(c.access_key);
  if (!secret)
    return s3 ? aws_error("InvalidAccessKeyId",
                          "The AWS Access Key Id you provided does not exist in our records.",
                          forbidden)
              : aws_error("InvalidClientTokenId",
                          "The security token included in the request is invalid.", forbidden);
  TRY(Dates dates, dates_of(request, c));
  CHECK_OK(check_time(c, dates, now, skew_ms));
  CHECK_OK(check_signed_headers(request, c));
  TRY(std::string hash, signed_hash(request, c));
  std::string canonical = canonical_request(request, c.signed_headers, hash, s3, c.presigned);
  out.signing_key = signing_key(*secret, c.date, c.region, c.service);
  out.signed_at = dates.at;
  std::string expected =
      hex_encode(hmac_sha256(out.signing_key, string_to_sign(canonical, dates.text, c.scope)));
  if (!equal_constant_time(expected, c.signature)) return does_not_match();
  return out;
}

}  // namespace mainstay::wire
