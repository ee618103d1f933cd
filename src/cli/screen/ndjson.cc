#include "cli/screen/ndjson.hh"

#include <cerrno>
#include <cstring>

#include "base/json.hh"
#include "base/text.hh"
#include "cli/screen/output.hh"

namespace mainstay::cli {

std::string Ndjson::text_of(std::string_view type, Value members) const {
  Value whole =
      Value::map({{"type", type}, {"time", format_iso8601(clock_.now(), true)}, {"run", run_}});
  if (secrets_) members = secrets_->redacted(members);
  for (const auto& [key, value] : members.members()) whole.set(key, value);
  return printable_json(to_json(whole)) + "\n";
}

void Ndjson::line(std::string_view type, Value members) {
  std::string text = text_of(type, std::move(members));
  std::scoped_lock lock(mutex_);
  for (std::FILE* out : outs_) {
    std::fwrite(text.data(), 1, text.size(), out);
    if (std::fflush(out) != 0 && out != stdout)
      note_output_failure(std::string("the lines of JSON can't be written: ") +
                          std::strerror(errno));
  }
}

void Ndjson::add(std::FILE* out) {
  std::string text =
      text_of("version",
              Value::map({{"program", "mainstay"}, {"version", MAINSTAY_VERSION}, {"format", 1}}));
  std::scoped_lock lock(mutex_);
  outs_.push_back(out);
  std::fwrite(text.data(), 1, text.size(), out);
  std::fflush(out);
}

Status Ndjson::add_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (!file) return Error("FileUnwritable", path + ": " + std::strerror(errno));
  files_.emplace_back(file, std::fclose);
  add(file);
  return {};
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
