// A request whose answer this process wants for itself, whole: see cloud.hh.
#include <future>

#include "cloud/cloud.hh"

namespace mainstay::cloud {
namespace {

constexpr size_t whole_body_bytes_max = 512 << 20;

}  // namespace

HttpResponse Cloud::handle(HttpRequest http) {
  struct Blocked : HttpReply::Target {
    void answer(HttpResponse&& r) override {
      if (response) return;
      response = std::move(r);
      ready.set_value();
    }
    void dropped() override { answer(HttpResponse{500, {}, "no answer was given\n"}); }
    bool gone() const override { return false; }
    std::optional<HttpResponse> response;
    std::promise<void> ready;
  };
  auto blocked = std::make_shared<Blocked>();
  handle(std::move(http), HttpReply(blocked));
  if (agenda_.is_simulated()) agenda_.run_until([&] { return blocked->response.has_value(); });
  blocked->ready.get_future().wait();
  HttpResponse response = std::move(*blocked->response);
  if (!response.source) return response;
  auto whole = read_whole(*response.source, whole_body_bytes_max);
  if (!whole.has_value()) return {500, {}, whole.error().message + "\n"};
  response.body = std::move(*whole);
  response.source.reset();
  return response;
}

}  // namespace mainstay::cloud
