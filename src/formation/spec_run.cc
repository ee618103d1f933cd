#include "formation/spec_run.hh"

#include <algorithm>
#include <map>

#include "base/json.hh"
#include "base/text.hh"
#include "formation/coerce.hh"
#include "formation/provider_errors.hh"
#include "formation/spec_rules.hh"

namespace mainstay::formation {

namespace {

Value without_reserved(const Value& tags) {
  Value out = Value::list();
  for (const Value& tag : tags.items())
    if (!tag["Key"].as_string().starts_with("aws:")) out.push_back(tag);
  return out;
}

constexpr int64_t busy_pause_ms = 500;

Error not_there(const Subject& s) {
  Random random = s.cloud.random();
  return Error("NotFound", "Resource handler returned message: \"Resource of type '" +
                               s.where.type + "' with identifier '" + s.physical_id +
                               "' was not found.\" (RequestToken: " + random.uuid() +
                               ", HandlerErrorCode: NotFound)");
}

}  // namespace

Scope SpecRun::scope_of(const Value& properties, const Value& tags) const {
  Scope scope;
  scope.macros = &macros_;
  scope.properties = properties;
  Value own = without_reserved(tags);
  const Value& name = properties[spec_["name"]["property"].as_string()];
  NameStyle style{static_cast<size_t>(spec_["name"]["max"].as_int(255)),
                  spec_["name"]["lower"].as_bool(), spec_["name"]["head"].as_string()};
  scope.variables =
      Value::map({{"id", s_.physical_id.empty() ? Value() : Value(s_.physical_id)},
                  {"name", name.is_string() ? name : Value(physical_name(s_.where, style))},
                  {"account", s_.where.account},
                  {"region", s_.where.region},
                  {"location", s_.where.region == "us-east-1" ? Value() : Value(s_.where.region)},
                  {"unique", stable_text(s_.where, "unique", 32, "0123456789abcdef")},
                  {"attr", s_.attributes},
                  {"last_snapshot", last_snapshot(properties)},
                  {"tags", tags},
                  {"own_tags", own.empty() ? Value() : own}});
  return scope;
}

// One call; its output becomes the variable that the step names. forgiving: what is to be removed
// may be gone already.
Status SpecRun::call(const Value& step, Scope& scope, bool forgiving) {
  if (step.has("value")) {
    scope.variables.set(step["as"].as_string(), expand(step["value"], scope));
    return {};
  }
  if (step.has("when") && expand(step["when"], scope).is_null()) return {};
  const std::string& service =
      step.has("service") ? step["service"].as_string() : spec_["service"].as_string();
  const std::string& operation = step["call"].as_string();
  Value in = expand(step["input"], scope);
  if (in.is_null()) in = Value::map({});
  in = coerce_input(s_.cloud, service, operation, std::move(in));
  std::string once;
  if (once_) {
    once = next_token();
    s_.calls.push_back({once, service, in});
  }
  auto out =
      s_.cloud.invoke(s_.caller, s_.where.account, s_.where.region, service, operation, in, once);
  if (out.has_value()) {
    if (step.has("as")) scope.variables.set(step["as"].as_string(), std::move(*out));
    return step.has("until") ? await(step, scope) : Status();
  }
  const List& ignored = step["ignore"].items();
  bool ignore = std::find(ignored.begin(), ignored.end(), Value(out.error().code)) != ignored.end();
  if (ignore || (forgiving && is_gone(out.error()))) return {};
  if (s_.restoring && (forgiving || is_there_already(out.error()))) return {};
  if (is_busy(step, out.error())) {
    s_.look_at = s_.cloud.now() + busy_pause_ms;
    return not_yet();
  }
  Error failed = handler_error(s_, service, out.error());
  bool may = !s_.is_last_try && may_pass(step, out.error(), forgiving);
  return may ? blocked(failed) : failed;
}

// What a step has read must have become what it waits for; what can't become that any more fails.
Status SpecRun::await(const Value& step, Scope& scope) {
  const Value& until = step["until"];
  Value now = expand(until["value"], scope);
  if (now == until["is"]) return {};
  const List& hopeless = until["never_after"].items();
  if (std::find(hopeless.begin(), hopeless.end(), now) == hopeless.end()) {
    s_.look_at = s_.cloud.now() + busy_pause_ms;
    return not_yet();
  }
  return until.has("message") ? handler_failed(s_, until["message"].as_string())
                              : not_stabilized(s_, now.as_string());
}

// The name of the snapshot that is taken of what goes: where the template asks for it, or for a
// type of which AWS takes one unless it is told otherwise ("DeletionPolicy attribute").
Value SpecRun::last_snapshot(const Value& properties) const {
  const Value& snapshots = spec_["snapshots"];
  if (snapshots.is_null() || s_.physical_id.empty()) return {};
  const std::string& policy = s_.removal_policy.as_string();
  bool is_default = policy.empty() && !properties.has(snapshots["unless"].as_string());
  if (policy != "Snapshot" && !is_default) return {};
  return physical_name(s_.where, {static_cast<size_t>(snapshots["max"].as_int(255)), true}) +
         "-snapshot";
}

std::string SpecRun::next_token() const {
  return join({s_.operation, s_.where.logical_id, std::to_string(s_.where.generation),
               std::to_string(s_.calls.size())},
              "/");
}

// Calls that create a thing of a name may answer as if they had when it is there already, or change
// it: then two would own it, and the first to go would take the other's along. So it is asked first
// whether the name is taken, by CloudFormation itself, unless it is this creation that took it
// before it was interrupted. Names that are made up are nobody else's.
Status SpecRun::check_not_taken() {
  const Value& taken = spec_["taken"];
  const std::string& named_by = spec_["name"]["property"].as_string();
  if (taken.is_null() || (!named_by.empty() && !s_.properties.has(named_by))) return {};
  const std::string& service = spec_["service"].as_string();
  Value in = expand(spec_["create"]["input"], scope_);
  if (s_.cloud.was_answered(s_.where.account, s_.where.region, {next_token(), service, in}))
    return {};
  const std::string& operation = taken["call"].as_string();
  Value question = coerce_input(s_.cloud, service, operation, expand(taken["input"], scope_));
  auto found = s_.cloud.invoke(
      cloud::Caller::service_principal(s_.where.account, "cloudformation.amazonaws.com"),
      s_.where.account, s_.where.region, service, operation, std::move(question));
  if (!found.has_value()) return {};
  Scope scope = scope_;
  scope.variables.set("taken", *found);
  if (taken.has("there") && expand(taken["there"], scope).is_null()) return {};
  Value name =
      taken.has("identifier") ? expand(taken["identifier"], scope_) : scope_.variables["name"];
  std::string said = taken.has("message")
                         ? expand(taken["message"], scope_).to_text()
                         : "Resource of type '" + s_.where.type + "' with identifier '" +
                               name.to_text() + "' already exists.";
  Random random = s_.cloud.random();
  return Error("AlreadyExists", "Resource handler returned message: \"" + said +
                                    "\" (RequestToken: " + random.uuid() +
                                    ", HandlerErrorCode: AlreadyExists)");
}

Status SpecRun::call_each(const Value& step, Scope& scope, bool forgiving) {
  if (!step.has("each")) return call(step, scope, forgiving);
  Value answers = Value::list();
  const Value items = expand(step["each"], scope);
  for (const Value& item : items.items()) {
    scope.variables.set("item", item);
    CHECK_OK(call(step, scope, forgiving));
    if (step["collect"].as_bool()) answers.push_back(scope.variables[step["as"].as_string()]);
  }
  if (step["collect"].as_bool()) scope.variables.set(step["as"].as_string(), std::move(answers));
  return {};
}

// Items of one list that the other lacks: for "added", or changed; by key where they have one.
Status SpecRun::run_difference(const Value& step, const Value& from, const Value& without) {
  bool adding = step.has("added");
  std::map<std::string, const Value*> others;
  for (const Value& item : without.items()) others[item_key(item, step["by"])] = &item;
  Value found = Value::list();
  for (const Value& item : from.items()) {
    auto it = others.find(item_key(item, step["by"]));
    bool is_new = it == others.end();
    bool is_edited = adding && !is_new && *it->second != item;
    if (step["new"].as_bool()) is_edited = false;
    if (step["edited"].as_bool()) is_new = false;
    if (is_new || is_edited) found.push_back(item);
  }
  if (found.empty()) return {};
  if (step["batch"].as_bool()) {
    scope_.variables.set("items", std::move(found));
    return call(step, scope_, !adding);
  }
  for (const Value& item : found.items()) {
    scope_.variables.set("item", item);
    CHECK_OK(call(step, scope_, !adding));
  }
  return {};
}

std::set<std::string> SpecRun::changed_names(const Value& before, const Value& tags_before) const {
  std::set<std::string> names;
  for (const cfn::PropertyChange& c : cfn::diff_properties(before, s_.properties, nullptr))
    names.insert(c.path.front());
  if (tags_before != s_.tags) names.insert("tags");
  return names;
}

bool SpecRun::concerned(const Value& step, const std::set<std::string>& changed) const {
  for (const Value& name : step["on"].items())
    if (changed.contains(name.as_string())) return true;
  return false;
}

Status SpecRun::run_steps(const Value& steps, const Value& before, const Value& tags_before) {
  std::set<std::string> changed = changed_names(before, tags_before);
  Scope old = scope_of(before, tags_before);
  for (const Value& step : steps.items()) {
    if (step.has("added") || step.has("removed")) {
      bool adding = step.has("added");
      Value list = Value("$" + step[adding ? "added" : "removed"].as_string());
      Value now = expand(list, scope_), then = expand(list, old);
      CHECK_OK(run_difference(step, adding ? now : then, adding ? then : now));
    } else if (concerned(step, changed)) {
      CHECK_OK(call_each(step, scope_));
    }
  }
  return {};
}

// Attributes that cannot be known now (a secret shown once) stay as they were.
Status SpecRun::read_attributes() {
  for (const Value& step : spec_["read"].items()) CHECK_OK(call(step, scope_));
  take_attributes();
  return {};
}

void SpecRun::take_attributes() {
  for (const auto& [name, from] : spec_["attributes"].members())
    if (Value v = expand(from, scope_); !v.is_null()) s_.attributes.set(name, std::move(v));
}

// What AWS makes of a type and this cloud can't: refused rather than left out.
Status SpecRun::check_supported() const {
  for (const Value& rule : spec_["unsupported"].items())
    if (!expand(rule["when"], scope_).is_null())
      return validation_error("mainstay: " + rule["message"].as_string());
  return {};
}

Status SpecRun::create() {
  once_ = true;
  CHECK_OK(check_supported());
  for (const Value& step : spec_["before"].items()) CHECK_OK(call_each(step, scope_));
  CHECK_OK(check_not_taken());
  const Value& main = spec_["create"];
  const List ways = main.is_list() ? main.items() : main.is_null() ? List() : List{main};
  for (Value way : ways) CHECK_OK(call_each(way.set("as", "out"), scope_));
  Value id = expand(spec_["id"], scope_);
  s_.physical_id = id.is_null() ? scope_.variables["name"].as_string() : id.to_text();
  scope_.variables.set("id", s_.physical_id);
  take_attributes();
  CHECK_OK(s_.initiated());
  CHECK_OK(run_steps(spec_["steps"], Value::map({}), Value::list()));
  return read_attributes();
}

// Updates that CloudFormation refuses, of lists whose items are told by a key: more items that come
// or go at once than "at_most", or items whose other members change than those of "editable".
Status SpecRun::check_refused() const {
  for (const Value& rule : spec_["refused"].items()) {
    const std::string& list = rule["list"].as_string();
    std::map<std::string, Value> known;
    for (const Value& item : s_.before[list].items()) known[item_key(item, rule["by"])] = item;
    int64_t added = 0;
    bool edited = false;
    for (Value item : s_.properties[list].items()) {
      auto it = known.find(item_key(item, rule["by"]));
      added += it == known.end();
      if (it == known.end()) continue;
      for (const Value& member : rule["editable"].items())
        for (Value* side : {&item, &it->second}) side->erase(member.as_string());
      edited |= item != it->second;
      known.erase(it);
    }
    int64_t turned = added + static_cast<int64_t>(known.size());
    bool too_many = rule.has("at_most") && turned > rule["at_most"].as_int();
    if (too_many || (rule.has("editable") && edited)) {
      Random random = s_.cloud.random();
      return Error("UpdateRefused", "Resource handler returned message: \"" +
                                        rule["message"].as_string() + "\" (RequestToken: " +
                                        random.uuid() + ", HandlerErrorCode: InvalidRequest)");
    }
  }
  return {};
}

Status SpecRun::update() {
  once_ = true;
  CHECK_OK(check_supported());
  if (!s_.restoring) CHECK_OK(check_refused());
  for (const Value& step : spec_["before"].items()) CHECK_OK(call_each(step, scope_));
  scope_.variables.set("taggable", expand(spec_["tagging"], scope_));
  CHECK_OK(run_steps(spec_["tag_steps"], s_.before, s_.tags_before));
  CHECK_OK(run_steps(spec_["changes"], s_.before, s_.tags_before));
  CHECK_OK(run_steps(spec_["steps"], s_.before, s_.tags_before));
  return read_attributes();
}

Status SpecRun::remove() {
  for (const Value& step : spec_["before"].items()) {
    Scope scope = scope_;
    if (call_each(step, scope).has_value()) scope_ = std::move(scope);
  }
  for (const Value& step : spec_["delete"].items()) CHECK_OK(call_each(step, scope_, true));
  return {};
}

Result<Actual> SpecRun::read() {
  const Value& drift = spec_["drift"];
  Actual out;
  if (drift.is_null() || (drift.has("when") && expand(drift["when"], scope_).is_null())) return out;
  out.can_be_read = true;
  for (const Value* steps : {&spec_["before"], &(drift.has("read") ? drift : spec_)["read"]})
    for (const Value& step : steps->items()) {
      Status done = call_each(step, scope_);
      if (!done.has_value() && is_gone(done.error())) return out;
      CHECK_OK(done);
    }
  out.exists = !drift.has("there") || !expand(drift["there"], scope_).is_null();
  for (const auto& [name, from] : drift["properties"].members())
    out.properties.set(name, expand(from, scope_));
  return out;
}

Status SpecRun::adopt() {
  bool was_seen = false;
  if (!spec_["drift"].is_null()) {
    TRY(Actual actual, read());
    if (actual.can_be_read && !actual.exists) return not_there(s_);
    was_seen = actual.can_be_read;
  }
  Status attributes = read_attributes();
  if (!attributes.has_value() && is_gone(attributes.error())) return not_there(s_);
  CHECK_OK(attributes);
  if (was_seen || !spec_["read"].empty()) return {};
  return validation_error("mainstay can't look whether a resource of type " + s_.where.type +
                          " is there, and so does not import it");
}

// Its id is its name, or what the spec's "found_id" makes of the answer that tells that the name is
// taken. A spec without "taken" has a creation that fails by itself; whether it is there tells what
// reads it.
bool SpecRun::find_named() {
  s_.physical_id = scope_.variables["name"].as_string();
  const bool is_by_name = spec_["id"].as_string() == "$name";
  const Value& taken = spec_["taken"];
  if (taken.is_null()) return is_by_name;
  Value question = coerce_input(s_.cloud, spec_["service"].as_string(), taken["call"].as_string(),
                                expand(taken["input"], scope_));
  auto found =
      s_.cloud.invoke(s_.caller, s_.where.account, s_.where.region, spec_["service"].as_string(),
                      taken["call"].as_string(), std::move(question));
  if (!found.has_value()) return false;
  scope_.variables.set("taken", *found);
  if (taken.has("there") && expand(taken["there"], scope_).is_null()) return false;
  if (spec_["found_id"].is_null()) return is_by_name;
  s_.physical_id = expand(spec_["found_id"], scope_).to_text();
  return !s_.physical_id.empty();
}

}  // namespace mainstay::formation
