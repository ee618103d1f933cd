#include "http/server.hh"

#include <sys/resource.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <mutex>
#include <unordered_map>

#include "host/clock.hh"
#include "http/lane.hh"
#include "http/session.hh"

namespace mainstay::http {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;
using Code = boost::system::error_code;

struct Server::Impl : SessionHost {
  static constexpr auto sweep_every = std::chrono::milliseconds(250);
  static constexpr auto retry_accept_after = std::chrono::milliseconds(50);
  static constexpr auto retry_room_after = std::chrono::milliseconds(2);
  // A client that has just had its answer may be about to ask again.
  static constexpr int64_t useless_ms_min = 100;
  static constexpr int64_t awake_us = 50;  // about what it takes to be woken

  // Above the lanes, whose end ends the last sessions.
  RealClock clock;
  std::mutex mutex;
  std::condition_variable session_ended;
  std::unordered_map<Session*, size_t> sessions;  // and the lane of each
  std::vector<size_t> sessions_of_lane;

  std::vector<std::unique_ptr<Lane>> lanes;
  asio::thread_pool aside{2};  // requests with long bodies
  Lane door{0};                // accepts and sweeps
  Acceptor acceptor{door.io()};
  asio::steady_timer sweeper{door.io()};
  asio::steady_timer retry{door.io()};
  uint16_t port = 0;

  int64_t now_ms() const override { return clock.monotonic_ms(); }

  void ended(Session& session) override {
    std::scoped_lock lock(mutex);
    auto found = sessions.find(&session);
    --sessions_of_lane[found->second];
    sessions.erase(found);
    session_ended.notify_all();
  }

  void run_aside(std::function<void()> task) override { asio::post(aside, std::move(task)); }

  Status listen() {
    Code error;
    std::string address_text = options.host == "localhost" ? "127.0.0.1" : options.host;
    auto address = asio::ip::make_address(address_text, error);
    if (error)
      return Error("AddressInvalid", "\"" + options.host + "\" is not an address to listen on")
          .with_hint("give an IP address such as 127.0.0.1 or 0.0.0.0");
    asio::ip::tcp::endpoint endpoint(address, options.port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    std::string where = options.host + ":" + std::to_string(options.port);
    if (error == asio::error::address_in_use)
      return Error("AddressInUse",
                   where +
                       " is in use: something listens there, or has it as the end of a connection")
          .with_hint("stop it, or choose another port with --port");
    if (error) return Error("AddressInvalid", "can't listen on " + where + ": " + error.message());
    port = acceptor.local_endpoint().port();
    return {};
  }

  void run() {
    sessions_of_lane.resize(static_cast<size_t>(std::max(options.threads, 1)));
    for (size_t i = 0; i < sessions_of_lane.size(); ++i) {
      lanes.push_back(std::make_unique<Lane>(awake_us));
      lanes.back()->start();
    }
    asio::post(door.io(), [this] { accept(); });
    sweep();
    door.start();
  }

  void accept() {
    size_t lane;
    {
      std::scoped_lock lock(mutex);
      if (stopping) return;
      auto emptiest = std::min_element(sessions_of_lane.begin(), sessions_of_lane.end());
      lane = static_cast<size_t>(emptiest - sessions_of_lane.begin());
    }
    acceptor.async_accept(lanes[lane]->io(), [this, lane](Code error, Socket socket) {
      if (stopping) return;
      if (!error) return let_in(lane, std::move(socket));
      // Out of descriptors, mostly: others will be closed.
      retry.expires_after(retry_accept_after);
      retry.async_wait([this](Code cancelled) {
        if (!cancelled) accept();
      });
    });
  }

  // One more than there may be waits here, and the rest in the system's queue, until another has
  // ended.
  void let_in(size_t lane, Socket socket) {
    bool room;
    {
      std::scoped_lock lock(mutex);
      room = sessions.size() < options.connections_max;
      if (!room) make_room();
    }
    if (room) {
      begin(lane, std::move(socket));
      return accept();
    }
    auto kept = std::make_shared<Socket>(std::move(socket));
    retry.expires_after(retry_room_after);
    retry.async_wait([this, lane, kept](Code cancelled) {
      if (!cancelled && !stopping) let_in(lane, std::move(*kept));
    });
  }

  // The connection that has been of no use for longest goes. Held under the lock.
  void make_room() {
    int64_t now = now_ms(), longest = useless_ms_min;
    Session* found = nullptr;
    for (auto& [session, lane] : sessions)
      if (int64_t useless = session->useless_ms(now); useless > longest) {
        longest = useless;
        found = session;
      }
    if (found) found->evict();
  }

  void begin(size_t lane, Socket socket) {
    auto session = std::make_shared<Session>(*this, std::move(socket));
    {
      std::scoped_lock lock(mutex);
      sessions.emplace(session.get(), lane);
      ++sessions_of_lane[lane];
    }
    asio::post(lanes[lane]->io(), [session] { session->start(); });
  }

  void sweep() {
    sweeper.expires_after(sweep_every);
    sweeper.async_wait([this](Code cancelled) {
      if (cancelled) return;
      {
        std::scoped_lock lock(mutex);
        int64_t now = now_ms();
        for (auto& [session, lane] : sessions) session->expire(now);
      }
      sweep();
    });
  }

  void stop(int64_t grace_ms) {
    if (stopping || lanes.empty()) return;
    std::unique_lock lock(mutex);
    stopping = true;
    asio::post(door.io(), [this] {
      Code ignored;
      acceptor.close(ignored);
    });
    int64_t deadline = now_ms() + grace_ms;
    // Again and again, as a session may only now have become idle.
    while (!sessions.empty() && now_ms() < deadline) {
      for (auto& [session, lane] : sessions) session->finish_soon();
      session_ended.wait_for(lock, std::chrono::milliseconds(10));
    }
    for (auto& [session, lane] : sessions) session->abort();
    lock.unlock();
    door.stop();
    aside.join();
    for (auto& lane : lanes) lane->stop();
    std::vector<std::shared_ptr<Waiting>> last;  // whose ends take the lock
    lock.lock();
    for (auto& [session, lane] : sessions) last.push_back(session->give_up());
    lock.unlock();
    last.clear();
    Code ignored;
    acceptor.close(ignored);  // where there was no time for the door to do it
  }
};

namespace {

constexpr size_t others_descriptors = 1024;  // files of the state, lanes, programs

// As many connections as there may be take more descriptors than a shell's usual limit.
void allow_descriptors(size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  stop();
}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler) {
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  impl->handler = std::move(handler);
  CHECK_OK(impl->listen());
  allow_descriptors(impl->options.connections_max + others_descriptors);
  impl->run();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

uint16_t Server::port() const {
  return impl_->port;
}

void Server::stop(int64_t grace_ms) {
  impl_->stop(grace_ms);
}

}  // namespace mainstay::http
