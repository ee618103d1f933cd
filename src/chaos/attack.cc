#include "chaos/attack.hh"

#include <algorithm>

namespace mainstay::chaos {
namespace {

constexpr const char* phases[] = {"planned", "applied", "reverted", "gone", "failed"};
constexpr const char* statuses[] = {"applying", "holding", "reverted", "failed"};

template <class Enum, size_t N>
Result<Enum> named(const char* const (&names)[N], const std::string& text) {
  for (size_t i = 0; i < N; ++i)
    if (names[i] == text) return static_cast<Enum>(i);
  return Error("ChaosJournalDamaged", "\"" + text + "\" is none of the words of an attack");
}

}  // namespace

std::string to_text(Target::Phase phase) {
  return phases[static_cast<size_t>(phase)];
}
std::string to_text(Attack::Status status) {
  return statuses[static_cast<size_t>(status)];
}

bool Attack::is_clean() const {
  return std::none_of(targets.begin(), targets.end(), [](const Target& t) {
    return t.phase == Target::Phase::applied || t.phase == Target::Phase::failed;
  });
}

Value Attack::to_value() const {
  Value all = Value::list();
  for (const Target& t : targets)
    all.push_back(Value::map({{"id", t.id},
                              {"name", t.name},
                              {"phase", to_text(t.phase)},
                              {"before", t.before},
                              {"note", t.note}}));
  return Value::map({{"id", id},
                     {"kind", kind},
                     {"parameters", parameters},
                     {"status", to_text(status)},
                     {"began", began.ms},
                     {"until", until.ms},
                     {"targets", all}});
}

Result<Attack> Attack::from_value(const Value& v) {
  Attack out;
  out.id = v["id"].as_string();
  out.kind = v["kind"].as_string();
  out.parameters = v["parameters"];
  out.began = Time{v["began"].as_int()};
  out.until = Time{v["until"].as_int()};
  TRY(out.status, named<Status>(statuses, v["status"].as_string()));
  for (const Value& t : v["targets"].items()) {
    Target target;
    target.id = t["id"].as_string();
    target.name = t["name"].as_string();
    target.before = t["before"];
    target.note = t["note"].as_string();
    TRY(target.phase, named<Target::Phase>(phases, t["phase"].as_string()));
    out.targets.push_back(std::move(target));
  }
  return out;
}

}  // namespace mainstay::chaos
