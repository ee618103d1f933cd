#include "backings/docker_engine.hh"

#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::backings {
namespace {

constexpr std::string_view usual_socket = "/var/run/docker.sock";
constexpr size_t answer_bytes_max = 16 << 20;

Error failure_of(const HttpResponse& response, const std::string& path) {
  auto body = parse_json(response.body);
  std::string why =
      body.has_value() ? (*body)["message"].as_string() : response.body.substr(0, 200);
  const char* code = "EngineFailed";
  if (response.status == 404) code = why.contains("image") ? "ImageMissing" : "ContainerMissing";
  if (response.status == 409) code = "ContainerConflict";
  return Error(code,
               "docker: " + why + " (" + std::to_string(response.status) + " of " + path + ")");
}

std::map<std::string, std::string> texts_of(const Value& map) {
  std::map<std::string, std::string> out;
  for (const auto& [key, value] : map.members()) out[key] = value.as_string();
  return out;
}

// "/name" is how the engine writes names.
std::string plain_name(const std::string& name) {
  return name.starts_with('/') ? name.substr(1) : name;
}

std::map<uint16_t, uint16_t> ports_of(const Value& bindings) {
  std::map<uint16_t, uint16_t> out;
  for (const auto& [name, hosts] : bindings.members()) {
    auto inside = parse_int(name.substr(0, name.find('/')));
    auto outside = parse_int(hosts.at(0)["HostPort"].as_string());
    if (inside && outside) out[static_cast<uint16_t>(*inside)] = static_cast<uint16_t>(*outside);
  }
  return out;
}

ContainerState state_of_inspected(const Value& found) {
  ContainerState out;
  out.id = found["Id"].as_string();
  out.name = plain_name(found["Name"].as_string());
  out.image = found["Config"]["Image"].as_string();
  out.labels = texts_of(found["Config"]["Labels"]);
  out.status = found["State"]["Status"].as_string();
  out.exit_code = static_cast<int>(found["State"]["ExitCode"].as_int());
  out.out_of_memory = found["State"]["OOMKilled"].as_bool();
  out.ports = ports_of(found["NetworkSettings"]["Ports"]);
  out.pid = found["State"]["Pid"].as_int();
  out.restart = found["HostConfig"]["RestartPolicy"]["Name"].as_string();
  out.nano_cpus = found["HostConfig"]["NanoCpus"].as_int();
  out.cpu_quota = found["HostConfig"]["CpuQuota"].as_int();
  out.cpu_period = found["HostConfig"]["CpuPeriod"].as_int();
  return out;
}

ContainerState state_of_listed(const Value& found) {
  ContainerState out;
  out.id = found["Id"].as_string();
  out.name = plain_name(found["Names"].at(0).as_string());
  out.image = found["Image"].as_string();
  out.labels = texts_of(found["Labels"]);
  out.status = found["State"].as_string();
  for (const Value& port : found["Ports"].items())
    if (port.has("PublicPort"))
      out.ports[static_cast<uint16_t>(port["PrivatePort"].as_int())] =
          static_cast<uint16_t>(port["PublicPort"].as_int());
  return out;
}

std::string of_container(const std::string& id, std::string_view what) {
  return "/containers/" + percent_encode(id) + std::string(what);
}

}  // namespace

Result<std::string> DockerEngine::find_socket(const Environment& environment) {
  std::string host = environment.text("DOCKER_HOST");
  if (host.empty()) return std::string(usual_socket);
  constexpr std::string_view scheme = "unix://";
  if (host.starts_with(scheme)) return host.substr(scheme.size());
  return Error("EngineMissing", "DOCKER_HOST is " + host + ", which is no socket of this machine")
      .with_hint("unset it, or set it to unix:///path/to/docker.sock");
}

Result<HttpResponse> DockerEngine::send(const Ask& ask, const std::string& prefix) {
  HttpRequest request;
  request.method = ask.method;
  request.path = prefix + ask.path;
  request.query = ask.query;
  request.headers.set("Host", "docker");
  request.body = ask.body;
  if (!ask.body.empty()) request.headers.set("Content-Type", ask.type);
  http::ClientOptions options;
  options.unix_socket = socket_;
  options.use_proxy = false;
  options.total_ms_max = ask.timeout_ms;
  options.response_bytes_max = answer_bytes_max;
  auto response = client_.send(request, {"http", "docker", 80, "", ""}, options);
  if (!response.has_value() && response.error().code == "ConnectFailed")
    return Error("EngineMissing", "no Docker Engine answers at " + socket_)
        .with_hint("start it, or name its socket by DOCKER_HOST=unix:///path");
  if (!response.has_value() && response.error().code == "RequestTimeout")
    return Error("ContainerTimeout",
                 "docker: no answer within " + std::to_string(ask.timeout_ms) + " ms");
  if (!response.has_value())
    return Error("EngineFailed", "docker: " + response.error().to_string());
  if (response->status >= 400) return failure_of(*response, ask.path);
  return std::move(*response);
}

Result<std::string> DockerEngine::prefix() {
  std::scoped_lock lock(mutex_);
  if (version_.empty()) {
    TRY(HttpResponse pong, send({"GET", "/_ping", ""}, ""));
    version_ = std::string(pong.headers.get("Api-Version"));
    if (version_.empty()) return Error("EngineFailed", "docker: /_ping names no Api-Version");
  }
  return "/v" + version_;
}

Result<HttpResponse> DockerEngine::ask(const Ask& ask) {
  TRY(std::string version, prefix());
  return send(ask, version);
}

Result<Value> DockerEngine::ask_json(const Ask& question) {
  TRY(HttpResponse response, ask(question));
  auto body = parse_json(response.body);
  if (!body.has_value())
    return Error("EngineFailed",
                 "docker: " + question.path + " answered no JSON: " + body.error().message);
  return std::move(*body);
}

Result<std::string> DockerEngine::version() {
  TRY(Value found, ask_json({"GET", "/version", ""}));
  return found["Version"].as_string();
}

Result<bool> DockerEngine::has_image(const std::string& reference) {
  auto found = ask({"GET", "/images/" + percent_encode(reference, true) + "/json", ""});
  if (found.has_value()) return true;
  if (found.error().code == "ImageMissing") return false;
  return std::move(found).error();
}

Status DockerEngine::import_image(const std::string& reference, std::string_view tar) {
  if (tar.size() > image_bytes_max)
    return Error("EngineFailed",
                 "an image of more than " + std::to_string(image_bytes_max) + " bytes");
  size_t colon = reference.rfind(':');
  bool has_tag = colon != std::string::npos && !reference.substr(colon).contains('/');
  Ask question{
      "POST",
      "/images/create",
      "fromSrc=-&repo=" + percent_encode(has_tag ? reference.substr(0, colon) : reference) +
          "&tag=" + percent_encode(has_tag ? reference.substr(colon + 1) : "latest"),
      std::string(tar),
      "application/x-tar",
      600'000};
  TRY(HttpResponse response, ask(question));
  // Lines of JSON; what fails after the head of the answer is told in one of them.
  for (const std::string& line : split(response.body, "\n"))
    if (auto told = parse_json(line); told.has_value() && told->has("error"))
      return Error("EngineFailed", "docker: " + (*told)["error"].as_string());
  return {};
}

Status DockerEngine::remove_image(const std::string& reference) {
  CHECK_OK(ask({"DELETE", "/images/" + percent_encode(reference, true), "force=true"}));
  return {};
}

Result<std::string> DockerEngine::create(const ContainerSpec& spec) {
  TRY(Value made, ask_json({"POST", "/containers/create",
                            spec.name.empty() ? "" : "name=" + percent_encode(spec.name),
                            to_json(spec.to_value())}));
  return made["Id"].as_string();
}

Status DockerEngine::start(const std::string& id) {
  CHECK_OK(ask({"POST", of_container(id, "/start"), ""}));
  return {};
}

Status DockerEngine::stop(const std::string& id, int timeout_s) {
  Ask question{"POST", of_container(id, "/stop"), "t=" + std::to_string(timeout_s)};
  question.timeout_ms = (timeout_s + 30) * int64_t{1000};
  CHECK_OK(ask(question));
  return {};
}

Status DockerEngine::kill(const std::string& id, std::string_view signal) {
  CHECK_OK(ask({"POST", of_container(id, "/kill"), "signal=" + percent_encode(signal)}));
  return {};
}

Status DockerEngine::pause(const std::string& id) {
  CHECK_OK(ask({"POST", of_container(id, "/pause"), ""}));
  return {};
}
Status DockerEngine::unpause(const std::string& id) {
  CHECK_OK(ask({"POST", of_container(id, "/unpause"), ""}));
  return {};
}

// -1 takes a quota away; 0 would leave it as it is.
Status DockerEngine::limit_cpu(const std::string& id, int64_t quota, int64_t period) {
  constexpr int64_t usual_period = 100'000;
  Value limits = Value::map({{"CpuPeriod", period > 0 ? period : usual_period},
                             {"CpuQuota", quota > 0 ? quota : int64_t{-1}}});
  CHECK_OK(ask({"POST", of_container(id, "/update"), "", to_json(limits)}));
  return {};
}

Status DockerEngine::remove(const std::string& id, bool force) {
  CHECK_OK(ask({"DELETE", of_container(id, ""), force ? "v=true&force=true" : "v=true"}));
  return {};
}

Result<ContainerState> DockerEngine::inspect(const std::string& id) {
  TRY(Value found, ask_json({"GET", of_container(id, "/json"), ""}));
  return state_of_inspected(found);
}

Result<std::vector<ContainerState>> DockerEngine::list(
    const std::map<std::string, std::string>& labels) {
  Value wanted = Value::list();
  for (const auto& [key, value] : labels) wanted.push_back(key + "=" + value);
  std::string filters = to_json(Value::map({{"label", std::move(wanted)}}));
  TRY(Value found,
      ask_json({"GET", "/containers/json", "all=true&filters=" + percent_encode(filters)}));
  std::vector<ContainerState> out;
  for (const Value& one : found.items()) out.push_back(state_of_listed(one));
  return out;
}

Result<int> DockerEngine::wait(const std::string& id, int64_t timeout_ms) {
  Ask question{"POST", of_container(id, "/wait"), ""};
  question.timeout_ms = timeout_ms;
  TRY(Value ended, ask_json(question));
  return static_cast<int>(ended["StatusCode"].as_int());
}

Result<ContainerOutput> DockerEngine::logs(const std::string& id, int64_t lines_max) {
  TRY(HttpResponse response, ask({"GET", of_container(id, "/logs"),
                                  "stdout=true&stderr=true&tail=" + std::to_string(lines_max)}));
  return split_streams(response.body);
}

Result<ContainerOutput> DockerEngine::exec(const std::string& id,
                                           const std::vector<std::string>& command,
                                           int64_t timeout_ms) {
  TRY(Value made, ask_json({"POST", of_container(id, "/exec"), "",
                            to_json(Value::map({{"AttachStdout", true},
                                                {"AttachStderr", true},
                                                {"Cmd", Value::texts(command)}}))}));
  std::string path = "/exec/" + made["Id"].as_string();
  Ask question{"POST", path + "/start", "",
               to_json(Value::map({{"Detach", false}, {"Tty", false}}))};
  question.timeout_ms = timeout_ms;
  TRY(HttpResponse response, ask(question));
  TRY(ContainerOutput out, split_streams(response.body));
  TRY(Value ended, ask_json({"GET", path + "/json", ""}));
  out.exit_code = static_cast<int>(ended["ExitCode"].as_int());
  return out;
}

Result<ContainerOutput> split_streams(std::string_view multiplexed) {
  constexpr size_t header_bytes = 8;
  ContainerOutput out;
  while (!multiplexed.empty()) {
    auto byte = [&](size_t at) { return static_cast<uint8_t>(multiplexed[at]); };
    size_t size = 0;
    bool whole = multiplexed.size() >= header_bytes;
    if (whole) {
      for (size_t at = 4; at < header_bytes; ++at) size = size << 8 | byte(at);
      whole = multiplexed.size() - header_bytes >= size;
    }
    if (!whole) return Error("EngineFailed", "docker: a stream that ends in the middle of a frame");
    (byte(0) == 2 ? out.errors : out.output) += multiplexed.substr(header_bytes, size);
    multiplexed.remove_prefix(header_bytes + size);
  }
  return out;
}

}  // namespace mainstay::backings
