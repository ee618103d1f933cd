#include "services/sqs/places.hh"

#include <algorithm>

#include "base/text.hh"
#include "cloud/recent.hh"

namespace mainstay::sqs {
namespace {

std::string padded(int64_t number) {
  constexpr size_t digits = 15;
  std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

std::string table_of(std::string_view what, const Value& queue) {
  return std::string(what) + "/" + queue["_Id"].as_string();
}

// In a FIFO queue all of a group's begin alike, and none of another's does.
std::string group_prefix(const Value& message) {
  return hex_encode(message["_Group"].as_string()) + "-";
}

std::string key_of(const Value& queue, const Value& message) {
  if (is_fifo(queue)) return group_prefix(message) + message["_Sequence"].as_string();
  return padded(message["_Visible"].as_int()) + "-" + padded(message["_Sent"].as_int()) + "-" +
         padded(message["_Number"].as_int()) + message["MessageId"].as_string();
}

const Value* head_of(const Call& call, const Value& queue, const std::string& prefix) {
  const store::Documents& all = messages_of(call, queue);
  auto it = all.lower_bound(prefix);
  return it != all.end() && it->first.starts_with(prefix) ? &it->second : nullptr;
}

std::string head_key(const Value& head) {
  return padded(head["_Visible"].as_int()) + "-" + head["_Sequence"].as_string();
}

// Changes a group so that its head stands where it belongs after.
void change_group(Call& call, const Value& queue, const Value& message,
                  const std::function<void()>& change) {
  if (!is_fifo(queue)) return change();
  const std::string prefix = group_prefix(message), heads = table_of("head", queue);
  if (const Value* before = head_of(call, queue, prefix)) call.remove(heads, head_key(*before));
  change();
  if (const Value* after = head_of(call, queue, prefix)) call.put(heads, head_key(*after), prefix);
}

// A group's, from its head to the first that is hidden. Whether more are wanted.
bool visit_group(const Call& call, const Value& queue, const std::string& prefix,
                 const std::function<bool(const Value&)>& visit) {
  const store::Documents& all = messages_of(call, queue);
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it) {
    if (it->second["_Visible"].as_int() > call.now.ms) return true;
    if (!visit(it->second)) return false;
  }
  return true;
}

}  // namespace

const store::Documents& messages_of(const Call& call, const Value& queue) {
  return call.all(table_of("message", queue));
}

void place(Call& call, const Value& queue, const Value& message) {
  std::string key = key_of(queue, message);
  change_group(call, queue, message, [&] { call.put(table_of("message", queue), key, message); });
  call.put(table_of("place", queue), message["MessageId"].as_string(), key);
  call.notify(topic_of(call, queue));
}

// What its group holds back is due then.
void take_away(Call& call, const Value& queue, const std::string& id) {
  const Value* found = find_message(call, queue, id);
  if (!found) return;
  Value message = *found;
  const std::string key = call.find(table_of("place", queue), id)->as_string();
  change_group(call, queue, message, [&] { call.remove(table_of("message", queue), key); });
  call.remove(table_of("place", queue), id);
  if (is_fifo(queue)) call.notify(topic_of(call, queue));
}

const Value* find_message(const Call& call, const Value& queue, const std::string& id) {
  const Value* key = call.find(table_of("place", queue), id);
  return key ? call.find(table_of("message", queue), key->as_string()) : nullptr;
}

int64_t next_number(Call& call, const Value& queue) {
  const std::string& id = queue["_Id"].as_string();
  const Value* last = call.find("number", id);
  int64_t number = (last ? last->as_int() : 0) + 1;
  call.put("number", id, number);
  return number;
}

void drop_messages(Call& call, const Value& queue) {
  for (std::string_view what : {"message", "place", "head"}) {
    std::string table = table_of(what, queue);
    std::vector<std::string> ids;
    for (const auto& [id, document] : call.all(table)) ids.push_back(id);
    for (const std::string& id : ids) call.remove(table, id);
  }
}

void visit_due(const Call& call, const Value& queue,
               const std::function<bool(const Value&)>& visit) {
  const std::string end = padded(call.now.ms + 1);
  if (!is_fifo(queue)) {
    for (const auto& [key, message] : messages_of(call, queue))
      if (key >= end || !visit(message)) return;
    return;
  }
  for (const auto& [key, prefix] : call.all(table_of("head", queue)))
    if (key >= end || !visit_group(call, queue, prefix.as_string(), visit)) return;
}

std::optional<Time> next_due(const Call& call, const Value& queue) {
  const store::Documents& all =
      is_fifo(queue) ? call.all(table_of("head", queue)) : messages_of(call, queue);
  if (all.empty()) return std::nullopt;
  return Time{parse_int(all.begin()->first.substr(0, all.begin()->first.find('-'))).value_or(0)};
}

std::string topic_of(const Call& call, const Value& queue) {
  return call.topic("queue/" + queue["QueueName"].as_string());
}

}  // namespace mainstay::sqs
