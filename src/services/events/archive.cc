// Archives: events of a bus, kept to be sent again. Table "archive" by name; their events in the
// table "archived/NAME", by the time they came at. Bounded: events_max, beyond which the oldest go,
// and the archive's retention.
#include "services/events/archive.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "services/events/handlers.hh"
#include "services/events/publish.hh"
#include "services/events/rule.hh"
#include "wire/arn.hh"

namespace mainstay::events {
namespace {

constexpr size_t events_max = 10'000;
constexpr int64_t day_ms = 24 * 3600 * 1000;
constexpr size_t dropped_at_once = 16;  // with each event that comes

Value shown_archive(Call&, const Value& archive) {
  return with_members(archive, {"ArchiveName", "EventSourceArn", "State", "RetentionDays",
                                "SizeBytes", "EventCount", "CreationTime"});
}

bool keeps_archive(Call&, const Value& archive, const Value& in) {
  for (const char* member : {"EventSourceArn", "State"})
    if (in.has(member) && in[member] != archive[member]) return false;
  return true;
}

Status check_archive(const Value& in) {
  if (in.has("EventPattern")) CHECK_OK(compiled_pattern(in["EventPattern"].as_string()));
  return {};
}

Value brief(Call& call, const Value& archive) {
  Value out = with_members(archive, {"State", "CreationTime"});
  return out.set("ArchiveArn", archive_arn(call, archive["ArchiveName"].as_string()));
}

void drop_first(Call& call, Value& archive, const std::string& table) {
  const auto first = call.all(table).begin();
  std::string id = first->first;
  int64_t bytes = first->second["Bytes"].as_int();
  call.remove(table, id);
  archive.set("EventCount", archive["EventCount"].as_int() - 1);
  archive.set("SizeBytes", archive["SizeBytes"].as_int() - bytes);
}

void drop_old(Call& call, Value& archive, const std::string& table) {
  int64_t days = archive["RetentionDays"].as_int();
  for (size_t n = 0; n < dropped_at_once && !call.all(table).empty(); ++n) {
    const Value& oldest = call.all(table).begin()->second;
    bool too_old = days > 0 && call.now - oldest["Came"].as_time() > days * day_ms;
    if (!too_old && call.all(table).size() <= events_max) return;
    drop_first(call, archive, table);
  }
}

void keep_event(Call& call, Value archive, const Event& event) {
  std::string table = archived_table(archive);
  auto bytes = static_cast<int64_t>(to_json(event.body).size());
  call.put(table, archived_key(call.now, event.body["id"].as_string()),
           Value::map({{"Body", event.body}, {"Came", call.now}, {"Bytes", bytes}}));
  archive.set("EventCount", archive["EventCount"].as_int() + 1);
  archive.set("SizeBytes", archive["SizeBytes"].as_int() + bytes);
  drop_old(call, archive, table);
  call.put("archive", archive["ArchiveName"].as_string(), archive);
}

}  // namespace

std::string archive_arn(const Call& call, const std::string& name) {
  return call.arn("archive/" + name);
}

std::string archived_table(const Value& archive) {
  return "archived/" + archive["ArchiveName"].as_string();
}

std::string archived_key(Time at, std::string_view id) {
  constexpr size_t digits = 16;
  std::string ms = std::to_string(at.ms);
  return std::string(digits - std::min(digits, ms.size()), '0') + ms + "/" + std::string(id);
}

Result<Value> find_archive(Call& call, const std::string& name) {
  if (const Value* archive = call.find("archive", name)) return *archive;
  return not_found("Archive " + printable(name) + " does not exist.");
}

void archive_event(Call& call, const std::string& bus, const Event& event) {
  const auto& all = call.all("archive");
  if (all.empty()) return;
  std::string source = bus_arn(call, bus);
  std::vector<Value> wanted;
  for (const auto& [name, archive] : all) {
    if (archive["EventSourceArn"].as_string() != source) continue;
    if (archive.has("EventPattern")) {
      auto pattern = compiled_pattern(archive["EventPattern"].as_string());
      if (!pattern.has_value() || !pattern->matches(event.body)) continue;
    }
    wanted.push_back(archive);
  }
  for (Value& archive : wanted) keep_event(call, std::move(archive), event);
}

Result<Value> create_archive(Call& call, const Value& in) {
  const std::string& name = in["ArchiveName"].as_string();
  CHECK_OK(check_archive(in));
  CHECK_OK(find_bus(call, bus_name_of(in["EventSourceArn"])));
  if (call.find("archive", name))
    return aws_error("ResourceAlreadyExistsException", "Archive " + name + " already exists.");
  Value archive = with_members(
      in, {"ArchiveName", "EventSourceArn", "Description", "EventPattern", "KmsKeyIdentifier"});
  archive.set("RetentionDays", in["RetentionDays"].as_int(0)).set("State", "ENABLED");
  archive.set("EventCount", 0).set("SizeBytes", 0).set("CreationTime", call.now);
  call.put("archive", name, archive);
  return brief(call, archive);
}

Result<Value> describe_archive(Call& call, const Value& in) {
  TRY(Value archive, find_archive(call, in["ArchiveName"].as_string()));
  Value out = shown_archive(call, archive);
  for (const char* member : {"Description", "EventPattern", "KmsKeyIdentifier"})
    if (archive.has(member)) out.set(member, archive[member]);
  return out.set("ArchiveArn", archive_arn(call, archive["ArchiveName"].as_string()));
}

Result<Value> update_archive(Call& call, const Value& in) {
  bool changes = in.has("EventPattern") || in.has("RetentionDays") || in.has("Description") ||
                 in.has("KmsKeyIdentifier");
  if (!changes)
    return validation(
        "At least one of EventPattern, RetentionDays or Description must be provided.");
  TRY(Value archive, find_archive(call, in["ArchiveName"].as_string()));
  CHECK_OK(check_archive(in));
  for (const char* member : {"Description", "EventPattern", "RetentionDays", "KmsKeyIdentifier"})
    if (in.has(member)) archive.set(member, in[member]);
  call.put("archive", archive["ArchiveName"].as_string(), archive);
  return brief(call, archive);
}

Result<Value> delete_archive(Call& call, const Value& in) {
  TRY(Value archive, find_archive(call, in["ArchiveName"].as_string()));
  std::string table = archived_table(archive);
  std::vector<std::string> ids;
  for (const auto& [id, document] : call.all(table)) ids.push_back(id);
  for (const std::string& id : ids) call.remove(table, id);
  call.remove("archive", archive["ArchiveName"].as_string());
  return Value::map({});
}

Result<Value> list_archives(Call& call, const Value& in) {
  return page_of(call, in, "archive", in["NamePrefix"].as_string(), "Archives", shown_archive,
                 keeps_archive);
}

}  // namespace mainstay::events
