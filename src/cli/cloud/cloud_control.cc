#include "cli/cloud/cloud_control.hh"

#include "base/json.hh"
#include "base/text.hh"
#include "cli/cloud/zone_request.hh"
#include "embedded/embedded.hh"
#include "store/archive.hh"
#include "store/store.hh"

namespace mainstay::cli {
namespace {

constexpr std::string_view prefix = "/_mainstay/";
constexpr size_t name_bytes_max = 64;
constexpr int fork_threads = 2;

HttpResponse json_response(const Value& body, int status = 200) {
  return {status, {{"Content-Type", "application/json"}}, to_json(body) + "\n"};
}

HttpResponse error_response(const Error& error) {
  Value body = Value::map({{"code", error.code}, {"message", error.message}});
  if (!error.hint.empty()) body.set("hint", error.hint);
  return json_response(body, error.status >= 400 ? error.status : 400);
}

Status check_name(const std::string& name) {
  constexpr const char* allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  if (!name.empty() && name.size() <= name_bytes_max &&
      name.find_first_not_of(allowed) == std::string::npos)
    return {};
  return Error("ForkNameInvalid",
               "a fork's name is 1 to 64 letters, digits, dashes, dots and underscores");
}

Error no_fork(const std::string& name) {
  return Error("ForkMissing", "there is no fork " + printable(name), 404)
      .with_hint("`mainstay cloud forks` lists them");
}

std::string query_value(const HttpRequest& request, std::string_view name) {
  for (const std::string& pair : split(request.query, "&"))
    if (pair.starts_with(std::string(name) + "="))
      return percent_decode(pair.substr(name.size() + 1));
  return "";
}

}  // namespace

void CloudControl::serve_at(const std::string& endpoint) {
  std::lock_guard guard(mutex_);
  endpoint_ = endpoint;
}

void CloudControl::end() {
  Forks ended;
  {
    std::lock_guard guard(mutex_);
    ended.swap(forks_);
  }
}

bool CloudControl::answer(const HttpRequest& request, const HttpReply& reply) {
  std::string_view path = std::string_view(request.path).substr(prefix.size());
  auto give = [&](const Answer& out) {
    reply.answer(out.has_value() ? json_response(*out) : error_response(out.error()));
    return true;
  };
  if (request.method == "GET" && path == "status") return give(status());
  if (request.method == "GET" && path == "tables") return give(list_tables());
  if (request.method == "GET" && path == "forks") return give(list_forks());
  if (request.method == "GET" && path == "zones")
    return give(zones(Value::map({{"region", query_value(request, "region")},
                                  {"account", query_value(request, "account")},
                                  {"fork", query_value(request, "fork")}})));
  bool is_export = request.method == "GET" && path == "export";
  bool is_change =
      request.method == "POST" && (path == "forks" || path == "drop" || path == "reset" ||
                                   path == "stop" || path == "import" || path == "zones");
  if (!is_export && !is_change) return false;
  if (!request.headers.has("X-Mainstay-Request"))
    return give(Error("HeaderMissing", "this needs the header X-Mainstay-Request: 1", 403));
  if (is_export) return send_archive(query_value(request, "fork"), reply), true;
  if (path == "reset") return give(reset());
  if (path == "import")
    return give(import(request.body, query_value(request, "replace") == "true"));
  if (path == "stop") {
    give(Value::map({{"stopping", true}}));
    stop_();
    return true;
  }
  auto in = parse_json(request.body);
  if (!in.has_value()) return give(Error("BodyInvalid", "the body is no JSON", 400));
  if (path == "zones") return give(zones(*in));
  return give(path == "forks" ? fork(*in) : drop(*in));
}

CloudControl::Answer CloudControl::status() {
  store::Store& store = cloud_->store();
  const std::string& state = cloud_->options().state_directory;
  store::JournalState journal = store.journal_state();
  std::lock_guard guard(mutex_);
  return Value::map({{"endpoint", endpoint_},
                     {"version", MAINSTAY_VERSION},
                     {"process", process_id()},
                     {"state", state.empty() ? "memory" : state},
                     {"documents", store.document_count()},
                     {"journal_bytes", journal.bytes},
                     {"journal_bytes_needed", journal.live_bytes},
                     {"now", format_iso8601(cloud_->now(), true)},
                     {"clock", cloud_->clock().plan().to_text()},
                     {"forks", forks_.size()}});
}

Value CloudControl::described(const std::string& name, const Fork& fork) {
  return Value::map({{"name", name},
                     {"endpoint", fork.server->endpoint()},
                     {"made", format_iso8601(fork.made, true)},
                     {"documents", fork.cloud->store().document_count()}});
}

CloudControl::Answer CloudControl::list_tables() {
  Value out = Value::list();
  for (const auto& [table, documents] : cloud_->store().table_sizes())
    out.push_back(
        Value::map({{"service", table.first}, {"table", table.second}, {"documents", documents}}));
  return Value::map({{"tables", std::move(out)}});
}

CloudControl::Answer CloudControl::list_forks() {
  Forks forks;
  {
    std::lock_guard guard(mutex_);
    forks = forks_;
  }
  Value out = Value::list();
  for (const auto& [name, fork] : forks)
    if (fork->server) out.push_back(described(name, *fork));
  return Value::map({{"forks", std::move(out)}});
}

// The name is taken first, so that two of one name can't both be made.
CloudControl::Answer CloudControl::fork(const Value& in) {
  const std::string& name = in["name"].as_string();
  CHECK_OK(check_name(name));
  {
    std::lock_guard guard(mutex_);
    if (forks_.size() >= forks_max)
      return Error("ForkLimit", "there are " + std::to_string(forks_max) + " forks already", 409)
          .with_hint("drop one with `mainstay cloud drop NAME`");
    if (!forks_.emplace(name, std::make_shared<Fork>()).second)
      return Error("ForkExists", "there is a fork " + name + " already", 409)
          .with_hint("`mainstay cloud drop " + name + "` drops it");
  }
  auto made = std::make_shared<Fork>();
  auto begin = [&]() -> Status {
    int64_t port = in["port"].as_int(0);
    if (port < 0 || port > 65535) return Error("UsageInvalid", "port must be 0 to 65535", 400);
    made->made = cloud_->now();
    TRY(made->cloud, embedded::fork(*cloud_));
    ServePlan plan = plan_;
    plan.server.port = static_cast<uint16_t>(port);
    plan.server.threads = fork_threads;
    TRY(made->server, GuardedServer::start(plan, *made->cloud));
    return {};
  };
  Status begun = begin();
  std::lock_guard guard(mutex_);
  if (!begun.has_value()) {
    forks_.erase(name);
    return begun.error();
  }
  forks_[name] = made;
  return described(name, *made);
}

CloudControl::Answer CloudControl::drop(const Value& in) {
  const std::string& name = in["name"].as_string();
  std::shared_ptr<Fork> dropped;
  {
    std::lock_guard guard(mutex_);
    auto found = forks_.find(name);
    if (found == forks_.end() || !found->second->server) return no_fork(name);
    dropped = found->second;
    forks_.erase(found);
  }
  dropped->server->stop();
  return Value::map({{"name", name}});
}

CloudControl::Answer CloudControl::reset() {
  size_t documents = cloud_->store().document_count();
  CHECK_OK(cloud_->reset());
  return Value::map({{"documents", documents}});
}

CloudControl::Answer CloudControl::import(const std::string& archive, bool replace) {
  TRY(store::ArchiveCounts counts, cloud_->import_from(archive, replace));
  return Value::map({{"documents", counts.documents}, {"blobs", counts.blobs}});
}

Result<std::shared_ptr<CloudControl::Fork>> CloudControl::find_fork(const std::string& name) {
  if (name.empty()) return std::shared_ptr<Fork>();
  std::lock_guard guard(mutex_);
  auto found = forks_.find(name);
  if (found == forks_.end() || !found->second->server) return no_fork(name);
  return found->second;
}

CloudControl::Answer CloudControl::zones(const Value& in) {
  TRY(std::shared_ptr<Fork> fork, find_fork(in["fork"].as_string()));
  return answer_zones(fork ? *fork->cloud : *cloud_, in);
}

// Takes a while, so not on the connection's thread.
void CloudControl::send_archive(const std::string& name, const HttpReply& reply) {
  auto found = find_fork(name);
  if (!found.has_value()) return reply.answer(error_response(found.error()));
  std::shared_ptr<Fork> fork = *found;
  cloud_->agenda().post([main = cloud_, fork, reply] {
    store::Store& store = fork ? fork->cloud->store() : main->store();
    std::string bytes;
    auto counts = store.export_to([&](std::string_view part) -> Status {
      bytes += part;
      return {};
    });
    if (!counts.has_value()) return reply.answer(error_response(counts.error()));
    reply.answer({200,
                  {{"Content-Type", "application/gzip"},
                   {"X-Mainstay-Documents", std::to_string(counts->documents)},
                   {"X-Mainstay-Blobs", std::to_string(counts->blobs)}},
                  std::move(bytes)});
  });
}

}  // namespace mainstay::cli
