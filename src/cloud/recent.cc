#include "cloud/recent.hh"

#include <vector>

#include "cloud/call.hh"

namespace mainstay::cloud {
namespace {

constexpr size_t digits = 15;

std::string ends_of(const std::string& table) {
  return table + "/end";
}

std::string end_key(Time until, const std::string& id) {
  std::string text = std::to_string(until.ms);
  return std::string(digits - std::min(digits, text.size()), '0') + text + '-' + id;
}

void forget(Call& call, const std::string& table, const std::string& id) {
  const Value* found = call.find(table, id);
  if (!found) return;
  call.remove(ends_of(table), end_key((*found)["Until"].as_time(), id));
  call.remove(table, id);
}

void forget_some_ended(Call& call, const std::string& table) {
  std::vector<std::string> ended;
  for (const auto& [key, id] : call.all(ends_of(table))) {
    if (ended.size() == 2 || key >= end_key(call.now, "")) break;
    ended.push_back(id.as_string());
  }
  for (const std::string& id : ended) forget(call, table, id);
}

}  // namespace

void remember(Call& call, const std::string& table, const std::string& id, const Value& what,
              Time until) {
  forget_some_ended(call, table);
  forget(call, table, id);
  call.put(table, id, Value::map({{"What", what}, {"Until", until}}));
  call.put(ends_of(table), end_key(until, id), id);
}

Value recall(const Call& call, const std::string& table, const std::string& id) {
  const Value* found = call.find(table, id);
  return found && (*found)["Until"].as_time() > call.now ? (*found)["What"] : Value();
}

void forget_all(Call& call, const std::string& table) {
  for (const std::string& name : {table, ends_of(table)}) {
    std::vector<std::string> ids;
    for (const auto& [id, document] : call.all(name)) ids.push_back(id);
    for (const std::string& id : ids) call.remove(name, id);
  }
}

}  // namespace mainstay::cloud
