#include "cli/ndjson.hh"

#include "base/json.hh"

namespace mainstay::cli {

void Ndjson::line(std::string_view type, Value members) {
  Value whole =
      Value::map({{"type", type}, {"time", format_iso8601(clock_.now(), true)}, {"run", run_}});
  for (const auto& [key, value] : members.members()) whole.set(key, value);
  std::string text = to_json(whole) + "\n";
  std::scoped_lock lock(mutex_);
  std::fwrite(text.data(), 1, text.size(), out_);
  std::fflush(out_);
}

void Ndjson::version() {
  line("version",
       Value::map({{"program", "mainstay"}, {"version", MAINSTAY_VERSION}, {"format", 1}}));
}

void Ndjson::error(const Error& error, const std::string& stack) {
  Value members = Value::map({{"code", error.code}, {"message", error.message}});
  if (!stack.empty()) members.set("stack", stack);
  if (error.at.known()) {
    members.set("file", error.at.file);
    members.set("line", error.at.line);
    members.set("column", error.at.column);
  }
  if (!error.hint.empty()) members.set("hint", error.hint);
  line("error", std::move(members));
}

}  // namespace mainstay::cli
