#include "cli/cloud/cloud_run.hh"

#include <fmt/core.h>

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "embedded/embedded.hh"

namespace mainstay::cli {
namespace {

constexpr int64_t answer_ms_max = 600'000;

}  // namespace

void add_cloud_flags(CLI::App& command, CloudFlags& flags) {
  CLI::Option* endpoint =
      command.add_option("--endpoint", flags.endpoint, "URL where the cloud is served");
  command.add_option("--state", flags.state_directory, "Folder of the cloud's state")
      ->excludes(endpoint);
  command.add_option("--color", flags.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command.add_flag("--json", flags.json, "One JSON object a line on standard output");
  command.add_option("--json-into", flags.json_into,
                     "The same into this file, beside the text for people");
}

CloudRun::CloudRun(const CloudFlags& flags) : flags_(flags) {
  if (!flags.json && flags.json_into.empty()) return;
  ndjson_ = std::make_unique<Ndjson>(clock_, hex_encode(secure_random(6)));
  if (flags.json) ndjson_->add(stdout);
  if (flags.json_into.empty()) return;
  if (Status added = ndjson_->add_file(flags.json_into); !added)
    fmt::print(stderr, "warning: nothing is written there: {}\n", added.error().message);
}

Result<std::string> CloudRun::state_directory() const {
  if (!flags_.state_directory.empty()) return flags_.state_directory;
  return embedded::default_state_directory(environment_);
}

Result<std::string> CloudRun::endpoint_if_served() {
  if (!flags_.endpoint.empty()) return flags_.endpoint;
  TRY(std::string directory, state_directory());
  // The line of a server that was killed stays, so whoever it names is asked.
  auto served = embedded::serving_endpoint(directory);
  if (!served) return std::string();
  TRY(http::Url url, http::parse_url(*served));
  HttpRequest request;
  request.path = "/_mainstay/health";
  auto alive = client_.send(request, url, {.connect_ms_max = 2'000, .use_proxy = false});
  return alive.has_value() ? *served : std::string();
}

Result<std::string> CloudRun::endpoint() {
  TRY(std::string found, endpoint_if_served());
  if (!found.empty()) return found;
  TRY(std::string directory, state_directory());
  return Error("CloudMissing", "no cloud is served with the state in " + directory)
      .with_hint("start one with `mainstay cloud serve`, or say where with --endpoint");
}

Result<std::unique_ptr<cloud::Cloud>> CloudRun::open_state() const {
  cloud::CloudOptions options;
  TRY(options.state_directory, state_directory());
  options.owner = "process " + std::to_string(process_id()) + ", mainstay cloud";
  return embedded::open(std::move(options));
}

Result<HttpResponse> CloudRun::send(const std::string& method, const std::string& path,
                                    std::string body) {
  TRY(std::string where, endpoint());
  TRY(http::Url url, http::parse_url(where));
  HttpRequest request;
  request.method = method;
  size_t mark = path.find('?');
  request.path = "/_mainstay/" + path.substr(0, mark);
  if (mark != std::string::npos) request.query = path.substr(mark + 1);
  request.headers.set("X-Mainstay-Request", "1");
  request.body = std::move(body);
  auto response = client_.send(
      request, url,
      {.total_ms_max = answer_ms_max, .response_bytes_max = archive_bytes_max, .use_proxy = false});
  if (!response.has_value() && response.error().code == "ConnectFailed")
    return Error("CloudMissing", "nobody answers at " + where)
        .with_hint("start a cloud with `mainstay cloud serve`");
  if (!response.has_value()) return response.error();
  if (response->status == 200) return response;
  auto said = parse_json(response->body);
  if (said.has_value() && (*said)["code"].is_string())
    return Error((*said)["code"].as_string(), (*said)["message"].as_string())
        .with_hint((*said)["hint"].as_string());
  return Error("CloudRefused", fmt::format("{} answers {} {} with status {}", where, method,
                                           request.path, response->status))
      .with_hint("is it a mainstay, and of this version?");
}

Result<Value> CloudRun::get(const std::string& path) {
  TRY(HttpResponse response, send("GET", path, ""));
  return parse_json(response.body);
}

Result<Value> CloudRun::post(const std::string& path, const Value& body) {
  TRY(HttpResponse response, send("POST", path, to_json(body)));
  return parse_json(response.body);
}

Exit CloudRun::fail(const Error& error) {
  if (ndjson_) ndjson_->error(error);
  if (!flags_.json)
    fmt::print(stderr, "{}",
               error_text(error, files_,
                          style_for(flags_.colour, terminal_of(2, environment_), environment_)));
  return exit_of(error);
}

Exit CloudRun::done(std::string_view type, Value members, const std::string& text) {
  if (ndjson_) ndjson_->line(type, std::move(members));
  if (!flags_.json) fmt::print("{}", only_colours(text));
  return Exit::ok;
}

}  // namespace mainstay::cli
