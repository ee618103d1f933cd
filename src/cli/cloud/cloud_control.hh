// What a served cloud lets be done to it over HTTP, under /_mainstay/ (docs/cloud.md): its status,
// forks, zones, export and import of its state, reset, stop. Bodies are JSON, but for the archives.
// Changes need the header X-Mainstay-Request, which no page of another origin can send unasked.
//
// A fork is served on a port of its own, so that any client reaches it by its endpoint alone
// (decision 18), until it is dropped or the cloud stops. Limit: forks_max. Threads: any.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "cli/target/guarded_server.hh"
#include "cloud/cloud.hh"

namespace mainstay::cli {

class CloudControl {
 public:
  static constexpr size_t forks_max = 32;
  // stop: asks the program to end; called once its answer is on the way.
  CloudControl(ServePlan plan, std::function<void()> stop)
      : plan_(std::move(plan)), stop_(std::move(stop)) {}
  ~CloudControl() { end(); }
  CloudControl(const CloudControl&) = delete;
  CloudControl& operator=(const CloudControl&) = delete;

  // Before the first request.
  void serve(cloud::Cloud& cloud) { cloud_ = &cloud; }
  // Once it is known; requests may come before.
  void serve_at(const std::string& endpoint);
  // For CloudOptions::own_api: false where the path is none of these.
  bool answer(const HttpRequest& request, const HttpReply& reply);
  // Drops the forks. Before the cloud ends.
  void end();

 private:
  struct Fork {
    std::unique_ptr<cloud::Cloud> cloud;
    std::unique_ptr<GuardedServer> server;
    Time made;
  };
  using Forks = std::map<std::string, std::shared_ptr<Fork>>;
  using Answer = Result<Value>;

  Answer status();
  Answer list_tables();
  Answer list_forks();
  Answer fork(const Value& in);
  Answer drop(const Value& in);
  Answer reset();
  Answer import(const std::string& archive, bool replace);
  Answer zones(const Value& in);
  void send_archive(const std::string& fork, const HttpReply& reply);
  Result<std::shared_ptr<Fork>> find_fork(const std::string& name);  // null for ""
  static Value described(const std::string& name, const Fork& fork);

  ServePlan plan_;
  std::function<void()> stop_;
  cloud::Cloud* cloud_ = nullptr;
  std::mutex mutex_;  // guards what follows; never held while a fork is made, asked or dropped
  std::string endpoint_;
  Forks forks_;
};

}  // namespace mainstay::cli
