#include <fmt/core.h>

#include "base/text.hh"
#include "cli/stack/stack_commands.hh"
#include "cli/stack/stack_run.hh"
#include "stacks/pinned_zones.hh"

namespace mainstay::cli {
namespace {

constexpr size_t pinned_file_bytes_max = 4 << 20;

struct Pin {
  const stacks::StackConfig* stack;
  stacks::ZoneNames zones;
  std::string ids;  // of the zones, since names mean others in other accounts
};

// Names of zones are each account's own; their ids are the same in all.
// Source: AWS RAM user guide, "Availability Zone IDs".
Result<std::string> ids_of(const stacks::CloudFormation& cloud, const stacks::ZoneNames& zones) {
  TRY(Value answer,
      cloud.client().call("ec2", "DescribeAvailabilityZones",
                          Value::map({{"ZoneNames", Value::texts(zones)}}), cloud.region()));
  std::vector<std::string> ids;
  for (const std::string& name : zones)
    for (const Value& zone : answer["AvailabilityZones"].items())
      if (zone["ZoneName"] == name) ids.push_back(zone["ZoneId"].as_string());
  return join(ids, ", ");
}

Result<std::optional<Pin>> pin_of(StackRun& run, const stacks::StackConfig& stack) {
  TRY(stacks::CloudFormation cloud, run.session().cloud_for(stack));
  TRY(auto deployed, cloud.describe(run.config().full_name(stack)));
  if (!deployed) return std::nullopt;
  TRY(std::string body, cloud.template_body(deployed->id));
  TRY(stacks::ZoneStanding standing,
      stacks::zone_standing({cloud, *deployed, body, nullptr, nullptr}));
  if (standing.gave.empty()) return std::nullopt;
  Pin pin{&stack, {}, ""};
  TRY(pin.zones, stacks::zones_to_pin(standing));
  TRY(pin.ids, ids_of(cloud, pin.zones));
  return pin;
}

class PinFiles {
 public:
  PinFiles(StackRun& run, const StackFlags& flags) : run_(run), flags_(flags) {}

  Status write(const std::vector<Pin>& pins) {
    const std::string& config = flags_.files.back();
    TRY(std::string text, run_.files().read(config, pinned_file_bytes_max));
    std::string variables;
    if (has_environment()) {
      TRY(variables, run_.files().read(flags_.files.front(), pinned_file_bytes_max));
      if (!variables.empty() && !variables.ends_with('\n')) variables += '\n';
    }
    // From the last stack to the first, so that lines stay where they are.
    for (auto pin = pins.rbegin(); pin != pins.rend(); ++pin)
      text = stacks::with_zones_key(text, {run_.config(), *pin->stack, value_of(*pin)});
    if (has_environment())
      for (const Pin& pin : pins)
        variables += "# " + pin.stack->name + " stands in " + pin.ids + "\n" +
                     stacks::pin_key(pin.stack->name) + ": " + join(pin.zones, ",") + "\n";
    CHECK_OK(check(text, variables, pins));
    if (has_environment()) CHECK_OK(run_.writable_files().write(flags_.files.front(), variables));
    return run_.writable_files().write(config, text);
  }

 private:
  bool has_environment() const { return flags_.files.size() == 2; }
  std::string value_of(const Pin& pin) const {
    return has_environment() ? "${" + stacks::pin_key(pin.stack->name) + "}" : join(pin.zones, ",");
  }

  // What would be written is read first: it must say just what was meant.
  Status check(const std::string& text, const std::string& variables,
               const std::vector<Pin>& pins) const {
    stacks::EnvironmentFile environment;
    if (has_environment()) {
      auto read = stacks::parse_environment(variables, flags_.files.front());
      if (!read) return refused(pins, read.error().message);
      environment = std::move(*read);
    }
    for (const std::string& assignment : flags_.assignments)
      CHECK_OK(stacks::add_override(environment, assignment));
    auto config = stacks::parse_config(text, flags_.files.back(), environment, &run_.files());
    if (!config) return refused(pins, config.error().message);
    for (const Pin& pin : pins) {
      const stacks::StackConfig* stack = config->find(pin.stack->name);
      if (!stack || stack->zones != pin.zones)
        return refused(pins, "the stack " + pin.stack->name + " would not have them");
    }
    if (config->stacks.size() != run_.config().stacks.size())
      return refused(pins, "other stacks would come of it");
    return {};
  }

  static Error refused(const std::vector<Pin>& pins, const std::string& why) {
    std::string lines;
    for (const Pin& pin : pins)
      lines += (lines.empty() ? "" : "; ") + pin.stack->name + ": zones: " + join(pin.zones, ",");
    return Error("PinRefused", "the files can't be written into: " + why)
        .with_hint("give the stacks these keys by hand: " + lines);
  }

  StackRun& run_;
  const StackFlags& flags_;
};

Exit pin_zones(const StackFlags& flags) {
  StackRun run(flags);
  if (auto loaded = run.load(); !loaded) return run.fail(loaded.error());
  if (auto opened = run.open(); !opened) return run.fail(opened.error());
  std::vector<Pin> pins;
  for (const stacks::StackConfig& stack : run.config().stacks) {
    if (!stack.enabled || !stack.zones.empty()) continue;
    auto pin = pin_of(run, stack);
    if (!pin) return run.fail(pin.error());
    if (*pin) pins.push_back(std::move(**pin));
  }
  if (!pins.empty())
    if (Status written = PinFiles(run, flags).write(pins); !written)
      return run.fail(written.error());
  run.finish_progress();
  for (const Pin& pin : pins) {
    if (run.json())
      run.json()->line(
          "pinned", Value::map({{"stack", pin.stack->name}, {"zones", Value::texts(pin.zones)}}));
    run.print(fmt::format("{}  pinned to {} ({})\n", one_line(pin.stack->name),
                          one_line(join(pin.zones, ", ")), one_line(pin.ids)));
  }
  run.print(pins.empty() ? "nothing to pin: no stack stands in zones by Fn::GetAZs, or they are "
                           "pinned already\n"
                         : "written into " + one_line(join(flags.files, " and ")) + "\n");
  return Exit::ok;
}

}  // namespace

void add_pin_zones(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<StackFlags>();
  CLI::App* command = app.add_subcommand(
      "pin-zones", "Write down the zones that stacks stand in, in the place of Fn::GetAZs");
  add_common_flags(*command, *flags);
  command->footer(
      "The zones are read from the stacks' subnets. They go into ENVFILE, and a key `zones` of\n"
      "each stack refers to them; without an ENVFILE they stand in CONFIG itself.\n"
      "Examples:\n  mainstay pin-zones prod.env stacker.yml\n"
      "  mainstay pin-zones --profile prod prod.env stacker.yml\n"
      "  mainstay pin-zones --json stacker.yml");
  command->callback([flags, &exit_code] {
    flags->target.reads = true;
    exit_code = static_cast<int>(pin_zones(*flags));
  });
}

}  // namespace mainstay::cli
