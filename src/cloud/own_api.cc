// What the program says of itself over HTTP, and what it lets be done to it: paths that are no AWS
// service's. Whether a request may come here at all has been decided before (a web page may not).
#include "base/json.hh"
#include "cloud/cloud.hh"

namespace mainstay::cloud {
namespace {

constexpr int64_t advance_ms_max = int64_t{10} * 366 * 24 * 3600 * 1000;

HttpResponse json_response(const Value& body, int status = 200) {
  return {status, {{"Content-Type", "application/json"}}, to_json(body)};
}

HttpResponse refused(int status, const char* code, std::string message) {
  return json_response(Value::map({{"code", code}, {"message", std::move(message)}}), status);
}

Value shown_clock(const CloudClock& clock) {
  return Value::map({{"now", format_iso8601(clock.now(), true)},
                     {"time", clock.plan().to_text()},
                     {"ahead_ms", clock.now() - clock.wall()}});
}

}  // namespace

bool Cloud::answer_own(const HttpRequest& http, const HttpReply& reply) {
  if (http.method == "POST" && http.path == "/moto-api/reset") {
    Status status = reset();
    reply.answer(json_response(Value::map({{"status", status.has_value() ? "ok" : "failed"}}),
                               status.has_value() ? 200 : 500));
    return true;
  }
  if (http.path == "/_mainstay/health") return reply.answer(health()), true;
  if (http.path == "/_mainstay/clock") return answer_clock(http, reply), true;
  return options_.own_api && http.path.starts_with("/_mainstay/") && options_.own_api(http, reply);
}

HttpResponse Cloud::health() const {
  Value services = Value::list();
  for (const std::string& name : service_names()) services.push_back(name);
  Value out = Value::map({{"status", "ok"}, {"services", std::move(services)}});
  if (options_.state_directory.empty()) return json_response(out.set("state", "memory"));
  store::JournalState journal = store_->journal_state();
  return json_response(out.set("state", options_.state_directory)
                           .set("journal", Value::map({{"bytes", journal.bytes},
                                                       {"live_bytes", journal.live_bytes},
                                                       {"compactions", journal.compactions}})));
}

// GET: what o'clock it is. POST {"advance_ms": N}: answered once all that was due on the way is
// done.
void Cloud::answer_clock(const HttpRequest& http, const HttpReply& reply) {
  if (http.method == "GET") return reply.answer(json_response(shown_clock(clock_)));
  if (http.method != "POST") return reply.answer(refused(405, "MethodNotAllowed", "GET or POST"));
  auto body = parse_json(http.body);
  int64_t ms = body.has_value() ? (*body)["advance_ms"].as_int(-1) : -1;
  if (ms < 0 || ms > advance_ms_max)
    return reply.answer(refused(400, "AdvanceInvalid",
                                "advance_ms must be a number of milliseconds, ten years at most"));
  bool begun = agenda_.advance(clock_.now() + ms, [this, reply] {
    keep_clock();
    reply.answer(json_response(shown_clock(clock_)));
  });
  if (!begun) reply.answer(refused(409, "ClockBusy", "the clock is being advanced already"));
}

}  // namespace mainstay::cloud
