// What every command about a cloud needs: the cloud, served by another process or opened here, and
// where the answers go.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/screen/exit_codes.hh"
#include "cli/screen/ndjson.hh"
#include "cli/screen/screen.hh"
#include "cloud/cloud.hh"
#include "http/client.hh"

namespace mainstay::cli {

inline constexpr size_t archive_bytes_max = size_t{8} << 30;

struct CloudFlags {
  std::string endpoint;         // --endpoint: where it is served
  std::string state_directory;  // --state: of the cloud that is meant; "": the default one
  std::string colour = "auto";
  bool json = false;
  std::string json_into;
};

void add_cloud_flags(CLI::App& command, CloudFlags& flags);

class CloudRun {
 public:
  explicit CloudRun(const CloudFlags& flags);

  // Where the cloud is served: as told, or as the state's lock says. Error "CloudMissing": nowhere.
  Result<std::string> endpoint();
  // As above, but "" where the state is not served, so that this process may open it.
  Result<std::string> endpoint_if_served();
  Result<std::string> state_directory() const;
  Result<std::unique_ptr<cloud::Cloud>> open_state() const;

  // Asks the server what is under /_mainstay/. Errors: the server's own; "CloudMissing" where
  // nobody answers; "CloudRefused" where something else does.
  Result<Value> get(const std::string& path);
  Result<Value> post(const std::string& path, const Value& body);
  Result<HttpResponse> send(const std::string& method, const std::string& path, std::string body);

  Exit fail(const Error& error);
  // The same for people and for programs.
  Exit done(std::string_view type, Value members, const std::string& text);
  RealFiles& files() { return files_; }

 private:
  RealEnvironment environment_;
  RealFiles files_;
  RealClock clock_;
  const CloudFlags& flags_;
  std::unique_ptr<Ndjson> ndjson_;
  http::Client client_;
};

// Declares a command with the flags that all have. Run: Exit(const Flags&).
template <class Flags, class Run>
CLI::App* add_cloud_command(CLI::App& cloud, int& exit_code, const std::string& name,
                            const std::string& description, std::shared_ptr<Flags> flags, Run run) {
  CLI::App* command = cloud.add_subcommand(name, description);
  add_cloud_flags(*command, *flags);
  command->callback(
      [flags = std::move(flags), run, &exit_code] { exit_code = static_cast<int>(run(*flags)); });
  return command;
}

}  // namespace mainstay::cli
