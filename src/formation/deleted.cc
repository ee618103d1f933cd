#include "formation/deleted.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::formation {
namespace {

constexpr const char* table = "deleted";
constexpr size_t at_once = 20;  // of a unit; the rest goes in the next

std::string deletion_id(Time at, std::string_view uuid) {
  std::string digits = std::to_string(at.ms);
  return std::string(15 - std::min<size_t>(digits.size(), 15), '0') + digits + "/" +
         std::string(uuid);
}
Time deleted_at(std::string_view id) {
  return Time{parse_int(id.substr(0, id.find('/'))).value_or(0)};
}

void erase_stack(Call& call, const std::string& id) {
  for (const char* by_stack : {"change-set", "drift-detection"})
    for (const std::string& key : call.find_by(by_stack, "StackId", id)) call.remove(by_stack, key);
  const std::string uuid = uuid_of(id);
  for (const char* rows : {"definition", "resource", "resource-drift", "event"})
    remove_rows(call, rows, uuid);
  call.remove("stack", id);
}

}  // namespace

Status forget_deleted(Call& call, const Value&) {
  const store::Documents& all = call.all(table);
  std::vector<std::pair<std::string, std::string>> gone;
  size_t left = all.size();
  auto it = all.begin();
  for (; it != all.end() && gone.size() < at_once; ++it, --left) {
    bool is_old = call.now - deleted_at(it->first) >= deleted_ms_max;
    if (!is_old && left <= deleted_max) break;
    gone.emplace_back(it->first, it->second["StackId"].as_string());
  }
  std::optional<Time> next;
  if (it != all.end()) next = deleted_at(it->first) + deleted_ms_max;
  for (const auto& [key, id] : gone) {
    erase_stack(call, id);
    call.remove(table, key);
  }
  if (left > deleted_max) next = call.now;
  if (next) call.at(*next, forget_reaction, Value::map({}), std::string(forget_reaction));
  return {};
}

void remember_deleted(Call& call, const Value& stack) {
  const std::string& id = stack["StackId"].as_string();
  bool is_first = call.all(table).empty();
  call.put(table, deletion_id(call.now, uuid_of(id)), Value::map({{"StackId", id}}));
  bool is_full = call.all(table).size() > deleted_max;
  if (is_first || is_full)
    call.at(is_full ? call.now : call.now + deleted_ms_max, forget_reaction, Value::map({}),
            std::string(forget_reaction));
}

}  // namespace mainstay::formation
