#include "journal/entry.hh"

namespace mainstay::journal {
namespace {

// Cut between characters of UTF-8.
std::string cut(const std::string& text) {
  if (text.size() <= text_bytes_max) return text;
  size_t end = text_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

Value members_of(const RunBegun& begun) {
  return Value::map({{"kind", "begin"},
                     {"command", cut(begun.command)},
                     {"line", cut(begun.line)},
                     {"user", cut(begun.user)},
                     {"host", cut(begun.host)},
                     {"where", cut(begun.where)},
                     {"config", cut(begun.config)},
                     {"namespace", cut(begun.name_space)},
                     {"version", begun.version}});
}

Value members_of(const StackWorked& worked) {
  return Value::map({{"kind", "stack"},
                     {"stack", cut(worked.stack)},
                     {"address", cut(worked.address)},
                     {"region", worked.region},
                     {"operation", worked.operation},
                     {"outcome", worked.outcome},
                     {"reason", cut(worked.reason)},
                     {"took_ms", worked.took_ms}});
}

Value members_of(const RunEnded& ended) {
  Value errors = Value::list();
  for (const Error& error : ended.errors) {
    if (errors.size() == errors_max) break;
    errors.push_back(Value::map({{"code", error.code}, {"message", cut(error.message)}}));
  }
  return Value::map({{"kind", "end"},
                     {"changed", ended.changed},
                     {"skipped", ended.skipped},
                     {"failed", ended.failed},
                     {"cancelled", ended.cancelled},
                     {"exit", ended.exit},
                     {"took_ms", ended.took_ms},
                     {"errors", std::move(errors)}});
}

size_t count_of(const Value& v) {
  return static_cast<size_t>(std::max<int64_t>(0, v.as_int()));
}

RunEnded ended_of(const Value& v) {
  RunEnded ended{count_of(v["changed"]),
                 count_of(v["skipped"]),
                 count_of(v["failed"]),
                 count_of(v["cancelled"]),
                 static_cast<int>(v["exit"].as_int()),
                 v["took_ms"].as_int(),
                 {}};
  for (const Value& error : v["errors"].items())
    ended.errors.emplace_back(error["code"].as_string(), error["message"].as_string());
  return ended;
}

}  // namespace

Value entry_value(const Entry& entry) {
  Value v = Value::map({{"time", format_iso8601(entry.time, true)}, {"run", entry.run}});
  Value members = std::visit([](const auto& what) { return members_of(what); }, entry.what);
  for (const auto& [key, value] : members.members()) v.set(key, value);
  return v;
}

Result<Entry> entry_of(const Value& v) {
  auto text = [&](const char* key) { return v[key].as_string(); };
  auto time = parse_time(text("time"));
  std::string kind = text("kind");
  if (!time || text("run").empty())
    return Error("JournalDamaged", "an entry without its time or its run");
  Entry entry{*time, text("run"), RunBegun{}};
  if (kind == "begin")
    entry.what = RunBegun{text("command"), text("line"),   text("user"),      text("host"),
                          text("where"),   text("config"), text("namespace"), text("version")};
  else if (kind == "stack")
    entry.what =
        StackWorked{text("stack"),   text("address"), text("region"),       text("operation"),
                    text("outcome"), text("reason"),  v["took_ms"].as_int()};
  else if (kind == "end")
    entry.what = ended_of(v);
  else
    return Error("JournalDamaged", "an entry of the unknown kind \"" + kind + "\"");
  return entry;
}

}  // namespace mainstay::journal
