#include "chaos/attack_journal.hh"

#include <algorithm>

#include "base/json.hh"

namespace mainstay::chaos {
namespace {

constexpr const char* record = ".json";
constexpr const char* halt_mark = ".halt";

}  // namespace

Status AttackJournal::put(const Attack& attack) {
  constexpr int private_mode = 0600;
  return files_.write(path(attack.id, record), to_json(attack.to_value()) + "\n", private_mode);
}

Result<Attack> AttackJournal::get(const std::string& id) const {
  auto text = files_.read(path(id, record), attack_bytes_max);
  if (!text.has_value() && text.error().code == "FileNotFound")
    return Error("AttackMissing", "there is no attack " + id).with_hint("mainstay chaos status");
  if (!text.has_value()) return text.error();
  auto parsed = parse_json(*text);
  if (!parsed.has_value())
    return Error("ChaosJournalDamaged", path(id, record) + ": " + parsed.error().message);
  return Attack::from_value(*parsed);
}

Result<std::vector<Attack>> AttackJournal::all() const {
  auto names = files_.list(folder_);
  if (!names.has_value()) return std::vector<Attack>();
  std::vector<Attack> out;
  for (const std::string& name : *names) {
    if (!name.ends_with(record)) continue;
    TRY(Attack attack, get(name.substr(0, name.size() - std::string_view(record).size())));
    out.push_back(std::move(attack));
  }
  std::sort(out.begin(), out.end(),
            [](const Attack& a, const Attack& b) { return a.began.ms < b.began.ms; });
  return out;
}

Status AttackJournal::ask_to_halt(const std::string& id) {
  CHECK_OK(get(id));
  return files_.write(path(id, halt_mark), "", 0600);
}

bool AttackJournal::is_halted(const std::string& id) const {
  return files_.facts(path(id, halt_mark)).has_value();
}

}  // namespace mainstay::chaos
