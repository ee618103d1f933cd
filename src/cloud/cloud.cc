#include "cloud/cloud.hh"

#include "base/digest.hh"
#include "cloud/access.hh"
#include "cloud/authorizer.hh"
#include "cloud/call.hh"
#include "store/blobs.hh"
#include "wire/model.hh"
#include "wire/validate.hh"

namespace mainstay::cloud {
namespace {

constexpr std::string_view answers = "_answer";  // a table of every shard: answers by token

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

Cloud::Cloud(CloudOptions options, std::vector<Service> services) : options_(std::move(options)) {
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
  for (auto& entry : entries_)
    if (entry->service.background) entry->service.background->stop();
}

Result<std::unique_ptr<Cloud>> Cloud::open(CloudOptions options, std::vector<Service> services) {
  std::unique_ptr<Cloud> cloud(new Cloud(std::move(options), std::move(services)));
  store::Options to{cloud->options_.state_directory, cloud->options_.owner, cloud->options_.sync,
                    Credentials::indexes()};
  if (cloud->options_.compact_bytes_min > 0)
    to.compact_bytes_min = cloud->options_.compact_bytes_min;
  to.warn = cloud->options_.warn;
  for (const auto& entry : cloud->entries_)
    for (const store::Index& index : entry->service.indexes) to.indexes.push_back(index);
  TRY(cloud->store_, store::Store::open(std::move(to)));
  for (auto& entry : cloud->entries_)
    if (entry->service.background) entry->service.background->start(*cloud);
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
  entry.prepared.insert(std::move(where));
  return {};
}

Random Cloud::random() {
  return Random(options_.seed ^ (counter_.fetch_add(1) + 1) * 0x9e3779b97f4a7c15);
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

store::Shard& Cloud::shard(const Service& service, std::string_view account,
                           std::string_view region) {
  bool narrow = service.scope != Scope::global;
  bool regional = service.scope == Scope::region;
  return store_->shard(
      {service.name, std::string(narrow ? account : ""), std::string(regional ? region : "")});
}

Call Cloud::make_call(const Service& service, std::string_view operation, const Caller& caller,
                      std::string_view account, std::string_view region, store::Unit& unit) {
  Random fresh = random();
  std::string request_id = fresh.uuid();
  return Call{*this,
              service,
              operation,
              caller,
              std::string(account),
              std::string(region),
              request_id,
              "",
              now(),
              fresh,
              unit,
              {},
              {}};
}

Result<Value> Cloud::perform(const Entry& entry, const Operation& operation, Call& call,
                             const Value& in, const CallerSide& side, std::string_view once) {
  if (!operation.decides_parts) {
    CHECK_OK(authorizer_->check(call, in, side));
  } else {
    call.may = [this, &call, &side](std::string_view as, const Value& part) {
      std::string_view whole = std::exchange(call.operation, as);
      Status decided = authorizer_->check(call, part, side);
      call.operation = whole;
      return decided;
    };
  }
  return call_handler(entry, operation, call, in, once);
}

// A dry run makes every check that the real run makes, then takes the change back (EC2, "DryRun").
Result<Value> Cloud::call_handler(const Entry& entry, const Operation& operation, Call& call,
                                  const Value& in, std::string_view once) {
  auto out = operation.handler(call, in);
  if (out.has_value() && entry.service.dry_run && in["DryRun"].as_bool())
    out =
        aws_error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
  if (out.has_value() && !once.empty()) call.put(answers, once, *out);
  if (out.has_value())
    if (Status kept = call.db.commit(); !kept.has_value()) out = kept.error();
  for (const auto& work : out.has_value() ? call.after_commit : call.after_failure) work();
  return out;
}

Result<Value> Cloud::invoke(const Caller& caller, std::string_view made_in, std::string_view region,
                            std::string_view service, std::string_view operation, Value in,
                            std::string_view once) {
  Entry* found = entry(service);
  if (!found) return not_implemented(service, operation);
  auto it = found->operations.find(operation);
  if (it == found->operations.end()) return not_implemented(service, operation);
  TRY(Models::Loaded loaded, models_.load(service));
  if (const wire::Operation* modelled = loaded.model->operation(operation))
    CHECK_OK(wire::validate(*modelled, in,
                            wire::validate_options(*loaded.model, loaded.model->protocol())));
  std::string account = found->service.account_for(made_in, in);
  CHECK_OK(prepare(*found, account, region));
  TRY(CallerSide side, authorizer_->caller_side(caller, region, {}));
  store::Mode mode = it->second->mode_for(in);
  if (mode == store::Mode::read) once = "";
  store::Unit unit(*store_, shard(found->service, account, region), mode);
  Call call = make_call(found->service, it->second->name, caller, account, region, unit);
  auto answer = [&]() -> Result<Value> {
    if (const Value* given = once.empty() ? nullptr : call.find(answers, once)) return *given;
    return perform(*found, *it->second, call, in, side, once);
  };
  auto out = answer();
  // What a service asks on a caller's behalf is an event; what it asks for itself is its inside.
  if (!caller.via.empty())
    trail_.record({0, now(), std::string(service), std::string(operation), std::string(region),
                   call.request_id, caller.asking_service(), caller},
                  mode, in, out);
  return out;
}

void Cloud::forget_answers(std::string_view made_in, std::string_view region,
                           const std::vector<Once>& calls) {
  std::map<std::pair<std::string, std::string>, std::vector<const std::string*>> tokens;
  for (const Once& call : calls)
    if (Entry* found = entry(call.service))
      tokens[{call.service, found->service.account_for(made_in, call.in)}].push_back(&call.token);
  for (const auto& [place, of_place] : tokens)
    (void)update(place.first, place.second, region, [&](Call& call) -> Status {
      for (const std::string* token : of_place) call.remove(answers, *token);
      return {};
    });
}

void Cloud::forget_answers_but(const std::set<std::string>& prefixes) {
  auto is_needed = [&](const std::string& token) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return token.starts_with(prefix); });
  };
  for (const auto& found : entries_)
    for (store::Shard* one : store_->shards(found->service.name)) {
      store::Unit unit(*store_, *one, store::Mode::write);
      std::vector<std::string> gone;
      for (const auto& [token, answer] : unit.all(answers))
        if (!is_needed(token)) gone.push_back(token);
      for (const std::string& token : gone) unit.remove(answers, token);
      (void)unit.commit();
    }
}

Status Cloud::update(std::string_view service, std::string_view account, std::string_view region,
                     const std::function<Status(Call&)>& work) {
  Entry* found = entry(service);
  if (!found) return not_implemented(service, "state");
  store::Unit unit(*store_, shard(found->service, account, region), store::Mode::write);
  Call call = make_call(found->service, "", Caller::service_principal(account, service), account,
                        region, unit);
  CHECK_OK(work(call));
  return unit.commit();
}

Status Cloud::describe_caller(const Caller& caller, std::string_view region, Access& access) {
  const Service* iam = with_hook(entries_, &Service::describe_caller);
  if (!iam) return {};
  store::Unit unit(*store_, shard(*iam, caller.account, region), store::Mode::read);
  Call call = make_call(*iam, "", caller, caller.account, region, unit);
  return iam->describe_caller(call, caller, access);
}

void Cloud::describe_standing(std::string_view account, Standing& standing) {
  const Service* organizations = with_hook(entries_, &Service::describe_standing);
  if (!organizations) return;
  store::Unit unit(*store_, shard(*organizations, account, ""), store::Mode::read);
  organizations->describe_standing(unit, account, standing);
}

std::optional<bool> Cloud::has_principal(std::string_view account, std::string_view arn) {
  const Service* iam = with_hook(entries_, &Service::has_principal);
  if (!iam) return std::nullopt;
  store::Unit unit(*store_, shard(*iam, account, ""), store::Mode::read);
  Call call = make_call(*iam, "", Caller::root_of(account), account, "", unit);
  return iam->has_principal(call, arn);
}

std::string Service::owner_for(Call& call, const Value& in) const {
  std::string owner = owner_of ? owner_of(call, in) : "";
  return owner.empty() ? call.account : owner;
}

Status Cloud::reset() {
  std::unique_lock lock(resetting_);
  for (auto& entry : entries_)
    if (entry->service.background) entry->service.background->stop();
  Status status = store_->reset();
  trail_.clear();
  for (auto& entry : entries_) entry->prepared.clear();
  for (auto& entry : entries_)
    if (entry->service.background) entry->service.background->start(*this);
  return status;
}

}  // namespace mainstay::cloud
