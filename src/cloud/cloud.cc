#include "cloud/cloud.hh"

#include "base/digest.hh"
#include "cloud/authorization.hh"
#include "cloud/authorizer.hh"
#include "cloud/call.hh"
#include "store/blobs.hh"
#include "wire/model.hh"
#include "wire/validate.hh"

namespace mainstay::cloud {
namespace {

constexpr const char* clock_table = "clock";
store::ShardKey clock_shard() {
  return {"_cloud", "", ""};
}

uint64_t seed_from_system() {
  std::string bytes = secure_random(8);
  uint64_t seed = 0;
  for (char c : bytes) seed = seed << 8 | static_cast<unsigned char>(c);
  return seed;
}

// The one service that answers a question that all ask ("IAM alone", "Organizations alone":
// service.hh); null in a cloud without it.
template <class Entries, class Hook>
const Service* with_hook(const Entries& entries, Hook Service::* hook) {
  for (const auto& entry : entries)
    if (entry->service.*hook) return &entry->service;
  return nullptr;
}

}  // namespace

Cloud::Cloud(CloudOptions options, std::vector<Service> services)
    : options_(std::move(options)),
      clock_(options_.now, options_.time),
      agenda_(clock_, options_.simulation) {
  if (options_.seed == 0) options_.seed = seed_from_system();
  authorizer_ = std::make_unique<Authorizer>(*this);
  for (Service& service : services) {
    auto entry = std::make_unique<Entry>();
    entry->service = std::move(service);
    for (const Operation& operation : entry->service.operations)
      entry->operations.emplace(operation.name, &operation);
    entries_.push_back(std::move(entry));
  }
}

Cloud::~Cloud() {
  end_background();
  if (store_ && !options_.is_snapshot) keep_clock();
}

// Unless it is the wall's clock and always was.
void Cloud::keep_clock() {
  bool is_plain = options_.time.mode == TimePlan::Mode::instant ||
                  options_.time.mode == TimePlan::Mode::realistic;
  store::Unit unit(*store_, store_->shard(clock_shard()), store::Mode::write);
  if (is_plain && clock_.now() == clock_.wall() && !unit.find(clock_table, clock_table)) return;
  unit.put(clock_table, clock_table, clock_.document());
  if (Status kept = unit.commit(); !kept.has_value()) warn(kept.error());
}

void Cloud::begin_background() {
  if (options_.is_snapshot && !options_.is_fork) return;
  is_ending_ = false;
  credentials().forget_expired(now());
  agenda_.start();
  for (auto& entry : entries_) {
    timers_.take_up(entry->service.name);
    outbox_.take_up(entry->service.name);
    if (entry->service.background) entry->service.background->start(*this);
  }
}

void Cloud::end_background() {
  is_ending_ = true;
  for (auto& entry : entries_)
    if (entry->service.background) entry->service.background->stop();
  agenda_.stop();
  outbox_.clear();
  waiters_.end();
}

const Reaction* Cloud::reaction(std::string_view service, std::string_view name) const {
  const Entry* found = entry(service);
  if (!found) return nullptr;
  for (const Reaction& reaction : found->service.reactions)
    if (reaction.name == name) return &reaction;
  return nullptr;
}

Result<std::unique_ptr<Cloud>> Cloud::open(CloudOptions options, std::vector<Service> services) {
  std::unique_ptr<Cloud> cloud(new Cloud(std::move(options), std::move(services)));
  store::Options to{cloud->options_.state_directory, cloud->options_.owner, cloud->options_.sync,
                    Credentials::indexes()};
  to.disk = cloud->options_.disk;
  if (cloud->options_.compact_bytes_min > 0)
    to.compact_bytes_min = cloud->options_.compact_bytes_min;
  to.warn = [c = cloud.get()](const Error& error) {
    c->warn(Error(error).because("the journal is not compacted and goes on growing"));
  };
  for (const auto& entry : cloud->entries_)
    for (const store::Index& index : entry->service.indexes) to.indexes.push_back(index);
  TRY(cloud->store_, cloud->options_.is_snapshot ? store::Store::open_snapshot(std::move(to))
                                                 : store::Store::open(std::move(to)));
  CHECK_OK(cloud->check_calls());
  {
    store::Unit unit(*cloud->store_, cloud->store_->shard(clock_shard()), store::Mode::read);
    if (const Value* kept = unit.find(clock_table, clock_table)) cloud->clock_.resume(*kept);
  }
  cloud->begin_background();
  return cloud;
}

// A service's first use in an account and region: once a process asks, and once a state does.
Status Cloud::prepare(Entry& entry, std::string_view account, std::string_view region) {
  if (!entry.service.prepare) return {};
  std::lock_guard guard(entry.preparing);
  std::pair where{std::string(account), std::string(region)};
  if (entry.prepared.contains(where)) return {};
  store::Unit unit(*store_, shard(entry.service, account, region), store::Mode::write);
  if (unit.find("setting", "prepared")) return entry.prepared.insert(std::move(where)), Status();
  Call call = make_call(entry.service, "", Caller::service_principal(account, entry.service.name),
                        account, region, unit);
  CHECK_OK(entry.service.prepare(call));
  unit.put("setting", "prepared", true);
  CHECK_OK(unit.commit());
  for (const auto& one : call.after_commit) one();
  entry.prepared.insert(std::move(where));
  return {};
}

Random Cloud::random() {
  return Random(options_.seed ^ (counter_.fetch_add(1) + 1) * 0x9e3779b97f4a7c15);
}

void Cloud::listens_at(std::string endpoint) {
  std::scoped_lock lock(endpoint_mutex_);
  endpoint_ = std::move(endpoint);
}

void Cloud::listens_when_asked(std::function<bool()> open) {
  std::scoped_lock lock(opening_mutex_);
  open_endpoint_ = std::move(open);
}

std::string Cloud::endpoint() {
  auto known = [this] {
    std::scoped_lock lock(endpoint_mutex_);
    return endpoint_;
  };
  std::string endpoint = known();
  if (!endpoint.empty()) return endpoint;
  std::scoped_lock opening(opening_mutex_);
  endpoint = known();
  if (!endpoint.empty() || !open_endpoint_ || !open_endpoint_()) return endpoint;
  return known();
}

std::vector<std::string> Cloud::service_names() const {
  std::vector<std::string> names;
  for (const auto& entry : entries_) names.push_back(entry->service.name);
  return names;
}

Cloud::Entry* Cloud::entry(std::string_view service) const {
  for (const auto& entry : entries_)
    if (entry->service.name == service) return entry.get();
  return nullptr;
}

// in: what a request to a service whose state is in parts says.
store::Shard& Cloud::shard(const Service& service, std::string_view account,
                           std::string_view region, const Value& in) {
  bool narrow = service.scope != Scope::global;
  bool regional = service.scope == Scope::region;
  std::string last = service.part_of ? service.part_of(in) : std::string(regional ? region : "");
  return store_->shard({service.name, std::string(narrow ? account : ""), std::move(last)});
}

Call Cloud::make_call(const Service& service, std::string_view operation, const Caller& caller,
                      std::string_view account, std::string_view region, store::Unit& unit,
                      std::string_view given_id) {
  Random fresh = random();
  std::string request_id = given_id.empty() ? fresh.uuid() : std::string(given_id);
  return Call{*this,
              service,
              operation,
              caller,
              std::string(account),
              std::string(region),
              std::move(request_id),
              "",
              now(),
              fresh,
              unit};
}

Status Cloud::describe_caller(const Caller& caller, std::string_view region,
                              Authorization& authorization) {
  const Service* iam = with_hook(entries_, &Service::describe_caller);
  if (!iam) return {};
  store::Unit unit(*store_, shard(*iam, caller.account, region), store::Mode::read);
  Call call = make_call(*iam, "", caller, caller.account, region, unit);
  return iam->describe_caller(call, caller, authorization);
}

void Cloud::describe_standing(std::string_view account, Standing& standing) {
  const Service* organizations = with_hook(entries_, &Service::describe_standing);
  if (!organizations) return;
  store::Unit unit(*store_, shard(*organizations, account, ""), store::Mode::read);
  organizations->describe_standing(unit, account, standing);
}

void Cloud::ask_iam(std::string_view account, const std::function<void(Call& iam)>& ask) {
  const Service* iam = with_hook(entries_, &Service::principal_id);
  if (!iam) return;
  store::Unit unit(*store_, shard(*iam, account, ""), store::Mode::read);
  Call call = make_call(*iam, "", Caller::root_of(account), account, "", unit);
  ask(call);
}

std::optional<Value> Cloud::cors_rules(std::string_view bucket) {
  const Service* s3 = with_hook(entries_, &Service::cors_rules);
  if (!s3) return std::nullopt;
  std::shared_lock lock(resetting_);
  store::Unit unit(*store_, shard(*s3, "", "", Value::map({{"Bucket", bucket}})),
                   store::Mode::read);
  return s3->cors_rules(unit, bucket);
}

std::string Service::owner_for(Call& call, const Value& in) const {
  std::string owner = owner_of ? owner_of(call, in) : "";
  return owner.empty() ? call.account : owner;
}

// What runs outside requests ends before the lock is taken: it may be waiting for that.
Status Cloud::reset() {
  end_background();
  std::unique_lock lock(resetting_);
  Status status = store_->reset();
  trail_.clear();
  audience_.clear();
  for (auto& entry : entries_) entry->prepared.clear();
  begin_background();
  return status;
}

}  // namespace mainstay::cloud
