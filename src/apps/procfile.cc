#include "apps/procfile.hh"

#include <algorithm>

#include "base/text.hh"
#include "cfn/document.hh"
#include "placement/query.hh"

namespace mainstay::apps {
namespace {

Error invalid(std::string message, Position at) {
  return Error("ProcfileInvalid", std::move(message)).where(std::move(at));
}

bool is_process_name(std::string_view name) {
  auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), fits);
}

Status check_name(const std::string& name, const std::vector<Process>& before, const Position& at) {
  if (!is_process_name(name))
    return invalid("\"" + name + "\" is no name of a process: at most 40 letters, digits, - and _",
                   at);
  for (const Process& one : before)
    if (one.name == name) return invalid("the process " + name + " is there twice", at);
  if (before.size() >= processes_max)
    return invalid("more than " + std::to_string(processes_max) + " processes", at);
  return {};
}

Result<std::vector<Process>> parse_lines(std::string_view text, const std::string& file_name) {
  std::vector<Process> out;
  int number = 0;
  for (const std::string& line : split(text, "\n")) {
    Position at{file_name, ++number, 1};
    std::string_view rest = trim(line);
    if (rest.empty() || rest.starts_with('#')) continue;
    size_t colon = rest.find(':');
    if (colon == std::string_view::npos) return invalid("expected NAME: COMMAND", at);
    Process process;
    process.name = trim(rest.substr(0, colon));
    CHECK_OK(check_name(process.name, out, at));
    auto words = split_words(trim(rest.substr(colon + 1)));
    if (!words.has_value()) return Error(words.error()).where(at);
    if (words->empty()) return invalid("the process " + process.name + " has no command", at);
    process.command = *words;
    out.push_back(std::move(process));
  }
  if (out.empty()) return invalid("there is no process in it", {file_name, 1, 1});
  return out;
}

// One process of the extended form.
class ProcessReader {
 public:
  ProcessReader(const cfn::Document& document, std::string name, const Value& v)
      : document_(document), v_(v) {
    out_.name = std::move(name);
  }

  Result<Process> read() {
    for (const auto& [key, value] : v_.members()) CHECK_OK(read_member(key, value));
    return std::move(out_);
  }

 private:
  Error wrong(const std::string& key, const std::string& message) const {
    return invalid(out_.name + "." + key + ": " + message, document_.at(cfn::Path{out_.name, key}));
  }

  Status read_member(const std::string& key, const Value& value) {
    if (key == "command") return read_command(value);
    if (key == "noservice") {
      out_.is_service = !value.as_bool();
      return {};
    }
    if (key == "ports") return read_ports(value);
    if (key == "environment") return read_environment(value);
    if (key == "ecs") return read_placement(value);
    if (key == "cron")
      return wrong(key, "schedules are not run yet; make a rule of EventBridge that runs the task");
    return wrong(key, "is not known here (command, noservice, ports, environment, ecs)");
  }

  Status read_command(const Value& value) {
    if (value.is_list()) {
      for (const Value& word : value.items()) out_.command.push_back(word.to_text());
      return {};
    }
    auto words = split_words(value.as_string());
    if (!words.has_value()) return wrong("command", words.error().message);
    out_.command = *words;
    return {};
  }

  // A number, or Empire's "80:8080": of the container it is the last.
  Status read_ports(const Value& value) {
    for (const Value& one : value.items()) {
      std::string text =
          one.is_map() && !one.members().empty() ? one.members().begin()->first : one.to_text();
      auto port = parse_int(text.substr(text.rfind(':') + 1));
      if (!port || *port < 1 || *port > 65535) return wrong("ports", "\"" + text + "\" is no port");
      out_.ports.push_back(*port);
    }
    return {};
  }

  Status read_environment(const Value& value) {
    if (!value.is_map()) return wrong("environment", "expected a map");
    for (const auto& [name, text] : value.members()) out_.environment[name] = text.to_text();
    return {};
  }

  Status read_placement(const Value& value) {
    for (const Value& one : value["placement_constraints"].items()) {
      if (one["type"].as_string() != "memberOf")
        return wrong("ecs", "a constraint of type " + one["type"].as_string() +
                                " is not supported: only memberOf");
      const std::string& expression = one["expression"].as_string();
      if (auto query = placement::Query::parse(expression); !query.has_value())
        return wrong("ecs", "\"" + expression + "\": " + query.error().message);
      out_.constraints.push_back(expression);
    }
    out_.strategies = value["placement_strategy"].items();
    return {};
  }

  const cfn::Document& document_;
  const Value& v_;
  Process out_;
};

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  bool has_word = false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      has_word = true;
    } else if (quote) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      has_word = true;
    } else if (c == ' ' || c == '\t') {
      if (has_word) out.push_back(std::move(word));
      word.clear();
      has_word = false;
    } else {
      word += c;
      has_word = true;
    }
  }
  if (quote)
    return Error("ProcfileInvalid", "the quote " + std::string(1, quote) + " is not closed");
  if (has_word) out.push_back(std::move(word));
  return out;
}

Result<std::vector<Process>> parse_procfile(std::string_view text, const std::string& file_name) {
  if (text.size() > procfile_text_max)
    return invalid("longer than " + std::to_string(procfile_text_max) + " bytes",
                   {file_name, 1, 1});
  auto document = cfn::parse_document(text, file_name, cfn::ParseOptions::for_config());
  bool is_extended = document.has_value() && document->root.is_map() &&
                     !document->root.members().empty() &&
                     document->root.members().begin()->second.is_map();
  if (!is_extended) return parse_lines(text, file_name);
  std::vector<Process> out;
  for (const auto& [name, value] : document->root.members()) {
    CHECK_OK(check_name(name, out, document->at(cfn::Path{name})));
    if (!value.is_map())
      return invalid("the process " + name + " is no map", document->at(cfn::Path{name}));
    TRY(Process process, ProcessReader(*document, name, value).read());
    out.push_back(std::move(process));
  }
  return out;
}

}  // namespace mainstay::apps
