#include <fmt/core.h>

#include "base/text.hh"
#include "cli/cloud/cloud_commands.hh"
#include "cli/cloud/cloud_run.hh"
#include "embedded/coverage.hh"

namespace mainstay::cli {
namespace {

struct CoverageFlags : CloudFlags {
  std::string name;  // of a service, or the beginning of types'
};

Value as_value(const embedded::Coverage& found) {
  Value services = Value::list(), types = Value::list();
  for (const auto& s : found.services)
    services.push_back(Value::map({{"name", s.name},
                                   {"operations", Value::texts(s.here)},
                                   {"refused", Value::texts(s.refused)}}));
  for (const auto& t : found.types)
    types.push_back(
        Value::map({{"name", t.name}, {"standing", embedded::standing_name(t.standing)}}));
  return Value::map({{"services", std::move(services)}, {"types", std::move(types)}});
}

// Only what bears the name, or begins with it.
embedded::Coverage limited(embedded::Coverage found, const std::string& name) {
  if (name.empty()) return found;
  std::string lower = to_lower(name);
  std::erase_if(found.services, [&](const auto& s) { return s.name != lower; });
  std::erase_if(found.types, [&](const auto& t) { return !to_lower(t.name).starts_with(lower); });
  return found;
}

std::string summary(const embedded::Coverage& found) {
  std::string text;
  for (const auto& s : found.services)
    text += fmt::format("{:16}  {:3} of {:3} operations\n", s.name, s.here.size(),
                        s.here.size() + s.refused.size());
  size_t counts[3] = {};
  for (const auto& t : found.types) ++counts[static_cast<size_t>(t.standing)];
  return text + fmt::format(
                    "\nCloudFormation's resource types\n"
                    "behaves   {:4}  made by calls to these services\n"
                    "recorded  {:4}  kept, with Ref and attributes in AWS's forms; nothing runs\n"
                    "guessed   {:4}  kept, with Ref and attributes as their schemas let guess\n",
                    counts[0], counts[1], counts[2]);
}

std::string details(const embedded::Coverage& found) {
  std::string text;
  for (const auto& s : found.services) {
    for (const std::string& name : s.here) text += fmt::format("here      {}\n", name);
    for (const std::string& name : s.refused) text += fmt::format("refused   {}\n", name);
  }
  for (const auto& t : found.types)
    text += fmt::format("{:8}  {}\n", embedded::standing_name(t.standing), t.name);
  return text;
}

Exit coverage_command(const CoverageFlags& flags) {
  CloudRun run(flags);
  auto found = embedded::coverage();
  if (!found) return run.fail(found.error());
  embedded::Coverage shown = limited(std::move(*found), flags.name);
  if (shown.services.empty() && shown.types.empty())
    return run.fail(
        Error("UsageInvalid",
              "there is neither a service nor a resource type " + printable(flags.name))
            .with_hint("`mainstay cloud coverage` lists the services; a type begins like "
                       "AWS::RDS"));
  return run.done("coverage", as_value(shown),
                  flags.name.empty() ? summary(shown) : details(shown));
}

}  // namespace

void add_cloud_coverage(CLI::App& cloud, int& exit_code) {
  auto flags = std::make_shared<CoverageFlags>();
  CLI::App* command = add_cloud_command(
      cloud, exit_code, "coverage",
      "Say what of AWS behaves here, what is recorded, what is refused", flags, coverage_command);
  command->add_option("name", flags->name, "A service (sqs), or how types begin (AWS::RDS)");
  command->footer(
      "Examples:\n  mainstay cloud coverage\n  mainstay cloud coverage sqs\n"
      "  mainstay cloud coverage AWS::RDS --json");
}

}  // namespace mainstay::cli
