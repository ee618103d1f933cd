#include "apps/app.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::apps {
namespace {

constexpr int64_t memory_max = 1 << 20, cpu_max = 1 << 16;

struct NamedSize {
  std::string_view name;
  Size size;
};
// Empire's, without its limit on processes.
constexpr NamedSize sizes[] = {{"1X", {256, 512}}, {"2X", {512, 1024}}, {"PX", {1024, 6144}}};

std::vector<std::string> texts_of(const Value& list) {
  std::vector<std::string> out;
  for (const Value& one : list.items()) out.push_back(one.as_string());
  return out;
}

Value process_value(const Process& p) {
  Value environment = Value::map({}), ports = Value::list();
  for (const auto& [name, value] : p.environment) environment.set(name, value);
  for (int64_t port : p.ports) ports.push_back(port);
  return Value::map({{"name", p.name},
                     {"command", Value::texts(p.command)},
                     {"environment", environment},
                     {"ports", ports},
                     {"constraints", Value::texts(p.constraints)},
                     {"strategies", Value(p.strategies)},
                     {"is_service", p.is_service},
                     {"count", p.count},
                     {"cpu", p.size.cpu},
                     {"memory", p.size.memory}});
}

Process process_of(const Value& v) {
  Process out;
  out.name = v["name"].as_string();
  out.command = texts_of(v["command"]);
  for (const auto& [name, value] : v["environment"].members())
    out.environment[name] = value.as_string();
  for (const Value& port : v["ports"].items()) out.ports.push_back(port.as_int());
  out.constraints = texts_of(v["constraints"]);
  out.strategies = v["strategies"].items();
  out.is_service = v["is_service"].as_bool();
  out.count = v["count"].as_int();
  out.size = {v["cpu"].as_int(), v["memory"].as_int()};
  return out;
}

// "512", "512MB", "1GB".
std::optional<int64_t> megabytes(std::string_view text) {
  std::string lower = to_lower(std::string(text));
  int64_t unit = 1;
  for (auto [suffix, factor] : {std::pair{"gb", 1024}, {"mb", 1}})
    if (lower.ends_with(suffix)) {
      lower.resize(lower.size() - 2);
      unit = factor;
      break;
    }
  auto number = parse_int(lower);
  if (!number || *number < 4 || *number > memory_max / unit) return std::nullopt;
  return *number * unit;
}

}  // namespace

Result<Size> Size::parse(std::string_view text) {
  for (const NamedSize& known : sizes)
    if (equals_ignoring_case(known.name, text)) return known.size;
  size_t colon = text.find(':');
  auto cpu = parse_int(text.substr(0, colon));
  auto memory = colon == std::string_view::npos ? std::nullopt : megabytes(text.substr(colon + 1));
  if (!cpu || *cpu < 1 || *cpu > cpu_max || !memory)
    return Error("SizeInvalid", "\"" + std::string(text) + "\" is no size of a process")
        .with_hint(
            "1X (256 cpu, 512 MB), 2X (512, 1 GB), PX (1024, 6 GB), or CPU:MEMORY, as 512:1GB");
  return Size{*cpu, *memory};
}

std::string Size::to_text() const {
  for (const NamedSize& known : sizes)
    if (known.size == *this) return std::string(known.name);
  return std::to_string(cpu) + ":" + std::to_string(memory) + "MB";
}

Process* Release::process(std::string_view name) {
  auto found = std::find_if(processes.begin(), processes.end(),
                            [&](const Process& p) { return p.name == name; });
  return found == processes.end() ? nullptr : &*found;
}

Value Release::to_value() const {
  Value all = Value::list(), numbers = Value::map({});
  for (const Process& p : processes) all.push_back(process_value(p));
  for (const auto& [name, value] : variables) numbers.set(name, value);
  return Value::map({{"number", number},
                     {"image", image},
                     {"description", description},
                     {"user", user},
                     {"created", format_iso8601(created)},
                     {"status", status},
                     {"processes", all},
                     {"variables", numbers}});
}

Result<Release> Release::from_value(const Value& v) {
  Release out;
  out.number = v["number"].as_int();
  out.image = v["image"].as_string();
  out.description = v["description"].as_string();
  out.user = v["user"].as_string();
  out.created = parse_time(v["created"].as_string()).value_or(Time{});
  out.status = v["status"].as_string();
  for (const Value& p : v["processes"].items()) out.processes.push_back(process_of(p));
  for (const auto& [name, value] : v["variables"].members()) out.variables[name] = value.as_int();
  if (out.number < 1 || out.image.empty())
    return Error("AppDamaged", "a release is kept in a form that this program does not know");
  return out;
}

Value App::to_value() const {
  return Value::map({{"name", name},
                     {"cluster", cluster},
                     {"newest", newest},
                     {"current", current},
                     {"constraints", Value::texts(constraints)},
                     {"task_policy", task_policy}});
}

Result<App> App::from_value(const Value& v) {
  App out;
  out.name = v["name"].as_string();
  out.cluster = v["cluster"].as_string();
  out.newest = v["newest"].as_int();
  out.current = v["current"].as_int();
  out.constraints = texts_of(v["constraints"]);
  out.task_policy = v["task_policy"].as_string();
  if (out.name.empty())
    return Error("AppDamaged", "the application is kept in a form that this program does not know");
  return out;
}

Status check_app_name(std::string_view name) {
  auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  bool good = name.size() >= 3 && name.size() <= 30 &&
              std::all_of(name.begin(), name.end(), fits) && name.front() >= 'a' &&
              name.back() != '-' && !name.contains("--");
  if (good) return {};
  return Error("AppNameInvalid", "\"" + std::string(name) + "\" is no name of an application")
      .with_hint("3 to 30 of a-z, 0-9 and single hyphens, beginning with a letter");
}

}  // namespace mainstay::apps
