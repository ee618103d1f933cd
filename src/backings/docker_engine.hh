// The Docker Engine, by its HTTP API over its socket ("Docker Engine API" reference). The version
// that is spoken is the daemon's own, as /_ping tells it; what is used here has been the same
// since 1.24.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "backings/container.hh"
#include "host/surroundings.hh"
#include "http/client.hh"

namespace mainstay::backings {

class DockerEngine : public Containers {
 public:
  // socket: a path. Nothing is asked before the first call.
  explicit DockerEngine(std::string socket) : socket_(std::move(socket)) {}
  // What DOCKER_HOST names ("unix:///path"), else the usual place. Error "EngineMissing" where it
  // names no socket of this machine.
  static Result<std::string> find_socket(const Environment& environment);

  Result<std::string> version() override;
  Result<bool> has_image(const std::string& reference) override;
  Status import_image(const std::string& reference, std::string_view tar) override;
  Status remove_image(const std::string& reference) override;
  Result<std::string> create(const ContainerSpec& spec) override;
  Status start(const std::string& id) override;
  Status stop(const std::string& id, int timeout_s) override;
  Status kill(const std::string& id, std::string_view signal) override;
  Status pause(const std::string& id) override;
  Status unpause(const std::string& id) override;
  Status limit_cpu(const std::string& id, int64_t quota, int64_t period) override;
  Status remove(const std::string& id, bool force) override;
  Result<ContainerState> inspect(const std::string& id) override;
  Result<std::vector<ContainerState>> list(
      const std::map<std::string, std::string>& labels) override;
  Result<int> wait(const std::string& id, int64_t timeout_ms) override;
  Result<ContainerOutput> logs(const std::string& id, int64_t lines_max) override;
  Result<ContainerOutput> exec(const std::string& id, const std::vector<std::string>& command,
                               int64_t timeout_ms) override;

 private:
  struct Ask {
    std::string method, path, query;
    std::string body = {}, type = "application/json";
    int64_t timeout_ms = 60'000;
  };
  // Any answer that is no error; 304 ("it is so already") is none.
  Result<HttpResponse> ask(const Ask& ask);
  Result<HttpResponse> send(const Ask& ask, const std::string& prefix);
  Result<Value> ask_json(const Ask& ask);
  Result<std::string> prefix();

  const std::string socket_;
  http::Client client_;
  std::mutex mutex_;
  std::string version_;  // "1.41", "" until it is known
};

// A stream of two, as logs and exec answer it: frames of eight bytes of header (which stream, and
// how much) and the bytes. Error "EngineFailed" for what is cut short.
Result<ContainerOutput> split_streams(std::string_view multiplexed);

}  // namespace mainstay::backings
