#include "http/client.hh"

#include <curl/curl.h>

#include "base/text.hh"

namespace mainstay::http {
namespace {

struct Transfer {
  HttpResponse response;
  size_t bytes_max = 0;
  bool too_large = false;
  std::stop_token stop;
};

size_t on_body(char* data, size_t, size_t bytes, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (transfer.response.body.size() + bytes > transfer.bytes_max) {
    transfer.too_large = true;
    return 0;
  }
  transfer.response.body.append(data, bytes);
  return bytes;
}

size_t on_header(char* data, size_t, size_t bytes, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  std::string_view line = trim({data, bytes});
  if (line.starts_with("HTTP/")) {
    transfer.response.headers = {};  // of a "100 Continue" before the answer
    return bytes;
  }
  size_t colon = line.find(':');
  if (colon != std::string_view::npos)
    transfer.response.headers.add(line.substr(0, colon), std::string(trim(line.substr(colon + 1))));
  return bytes;
}

int on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(context)->stop.stop_requested() ? 1 : 0;
}

Error error_of(CURLcode code, const Transfer& transfer, const Url& endpoint) {
  std::string where = endpoint.scheme + "://" + endpoint.authority();
  std::string why = where + ": " + curl_easy_strerror(code);
  if (transfer.too_large)
    return Error("ResponseTooLarge", where + " answered with more than " +
                                         std::to_string(transfer.bytes_max) + " bytes");
  switch (code) {
    case CURLE_ABORTED_BY_CALLBACK:
      return Error("Interrupted", "interrupted while waiting for " + where);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return Error("ConnectFailed", why).with_hint("is it running, and is the address right?");
    case CURLE_OPERATION_TIMEDOUT:
      return Error("RequestTimeout", why);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return Error("TlsFailed", why);
    default:
      return Error("HttpFailed", why);
  }
}

struct HeaderList {
  curl_slist* first = nullptr;
  ~HeaderList() { curl_slist_free_all(first); }
  void add(const std::string& line) { first = curl_slist_append(first, line.c_str()); }
};

// libcurl adds fields of its own unless told not to; a signed request must go out as it is.
void fill(HeaderList& list, const HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (equals_ignoring_case(name, "Content-Length")) continue;  // libcurl's, from the body
    list.add(value.empty() ? name + ";" : name + ": " + value);
  }
  for (const char* unwanted : {"Expect", "Content-Type", "Accept", "Accept-Encoding"})
    if (!request.headers.has(unwanted)) list.add(std::string(unwanted) + ":");
}

}  // namespace

class Client::Handle {
 public:
  Handle() : curl(curl_easy_init()) {}
  ~Handle() { curl_easy_cleanup(curl); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  CURL* curl;
};

namespace {

void set_method(CURL* curl, const HttpRequest& request) {
  if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    return;
  }
  bool has_body = !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
                  request.method == "PATCH";
  if (has_body) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_limits(CURL* curl, const ClientOptions& options) {
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_ms_max));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_ms_max));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  if (!options.unix_socket.empty())
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, options.unix_socket.c_str());
  if (!options.use_proxy) curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
}

void set_receivers(CURL* curl, Transfer& transfer) {
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  if (!transfer.stop.stop_possible()) return;
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
}

}  // namespace

Client::Client() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)once;
}

Client::~Client() = default;

std::unique_ptr<Client::Handle> Client::take() {
  std::scoped_lock lock(mutex_);
  if (idle_.empty()) return std::make_unique<Handle>();
  auto handle = std::move(idle_.back());
  idle_.pop_back();
  return handle;
}

void Client::give_back(std::unique_ptr<Handle> handle) {
  curl_easy_reset(handle->curl);  // keeps the connection
  std::scoped_lock lock(mutex_);
  idle_.push_back(std::move(handle));
}

Result<HttpResponse> Client::send(const HttpRequest& request, const Url& endpoint,
                                  const ClientOptions& options) {
  auto handle = take();
  CURL* curl = handle->curl;
  Transfer transfer;
  transfer.bytes_max = options.response_bytes_max;
  transfer.stop = options.stop;
  HeaderList headers;
  fill(headers, request);
  std::string url = endpoint.scheme + "://" + endpoint.authority() + request.path +
                    (request.query.empty() ? "" : "?" + request.query);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.first);
  set_method(curl, request);
  set_limits(curl, options);
  set_receivers(curl, transfer);
  CURLcode code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  give_back(std::move(handle));
  if (code != CURLE_OK) return error_of(code, transfer, endpoint);
  return std::move(transfer.response);
}

bool may_retry(const Error& error) {
  return error.code == "ConnectFailed" || error.code == "RequestTimeout" ||
         error.code == "HttpFailed";
}

}  // namespace mainstay::http
