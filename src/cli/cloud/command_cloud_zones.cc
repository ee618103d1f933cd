#include <fmt/core.h>

#include "base/text.hh"
#include "cli/cloud/cloud_commands.hh"
#include "cli/cloud/cloud_run.hh"
#include "cli/cloud/zone_request.hh"
#include "services/ec2/zones.hh"

namespace mainstay::cli {
namespace {

constexpr const char* default_account = "123456789012";

struct ZoneFlags : CloudFlags {
  std::string change, region = "us-east-1", zone, account = default_account, fork;
};

// Zones that have a default subnet, or all where none has (template reference, "Fn::GetAZs").
Value answered_zones(const Value& zones) {
  Value all = Value::list(), of_default = Value::list();
  for (const Value& zone : zones.items()) {
    all.push_back(zone["ZoneName"]);
    if (!zone["DefaultSubnet"].as_string().empty()) of_default.push_back(zone["ZoneName"]);
  }
  return of_default.empty() ? all : of_default;
}

std::string names_text(const Value& names) {
  std::string text;
  for (const Value& name : names.items()) text += (text.empty() ? "" : ", ") + name.as_string();
  return one_line(text);
}

std::string zones_text(const Value& answer) {
  std::string text;
  for (const Value& zone : answer["zones"].items()) {
    const std::string& subnet = zone["DefaultSubnet"].as_string();
    text += fmt::format("{}  {:<9}  {} subnet{}{}\n", one_line(zone["ZoneName"].as_string()),
                        one_line(zone["ZoneId"].as_string()), zone["Subnets"].as_int(),
                        zone["Subnets"].as_int() == 1 ? "" : "s",
                        subnet.empty() ? "" : ", default " + one_line(subnet));
  }
  return text + "Fn::GetAZs answers " + names_text(answer["answered"]) + "\n";
}

Result<Value> ask(CloudRun& run, const ZoneFlags& flags) {
  Value in = Value::map({{"region", flags.region},
                         {"account", flags.account},
                         {"fork", flags.fork},
                         {"change", flags.change},
                         {"zone", flags.zone}});
  TRY(std::string served, flags.fork.empty() ? run.endpoint_if_served() : run.endpoint());
  if (served.empty()) {
    TRY(std::unique_ptr<cloud::Cloud> cloud, run.open_state());
    return answer_zones(*cloud, in);
  }
  if (!flags.change.empty()) return run.post("zones", in);
  return run.get("zones?region=" + percent_encode(flags.region) + "&account=" +
                 percent_encode(flags.account) + "&fork=" + percent_encode(flags.fork));
}

Exit zones_command(const ZoneFlags& flags) {
  CloudRun run(flags);
  auto answer = ask(run, flags);
  if (!answer) return run.fail(answer.error());
  return run.done("zones", *answer, zones_text(*answer));
}

void add_change(CLI::App& zones, int& exit_code, const char* name, const char* about) {
  auto flags = std::make_shared<ZoneFlags>();
  bool lists = std::string_view(name) == "list";
  if (!lists) flags->change = name;
  CLI::App* command = add_cloud_command(zones, exit_code, name, about, flags, zones_command);
  command->add_option("REGION", flags->region, "The region")->required(!lists);
  if (!lists) command->add_option("ZONE", flags->zone, "The zone, by its name")->required();
  command->add_option("--of", flags->account, "Of this account")->capture_default_str();
  command->add_option("--fork", flags->fork, "Of this fork");
  std::string example =
      std::string("  mainstay cloud zones ") + name + " us-east-1" + (lists ? "" : " us-east-1f");
  command->footer("Examples:\n" + example + "\n" + example + " --json\n" + example +
                  " --state ./cloud");
}

}  // namespace

Result<Value> answer_zones(cloud::Cloud& cloud, const Value& in) {
  ec2::ZonePlace place{in["account"].as_string(), in["region"].as_string()};
  if (place.account.empty()) place.account = default_account;
  if (const std::string& word = in["change"].as_string(); !word.empty()) {
    auto change = ec2::parse_zone_change(word);
    if (!change) return Error("UsageInvalid", "zones can't be changed by " + printable(word));
    CHECK_OK(ec2::change_zone(cloud, place, *change, in["zone"].as_string()));
  }
  TRY(Value zones, ec2::list_zones(cloud, place));
  Value answered = answered_zones(zones);
  return Value::map({{"region", place.region},
                     {"account", place.account},
                     {"zones", std::move(zones)},
                     {"answered", std::move(answered)}});
}

void add_cloud_zones(CLI::App& cloud, int& exit_code) {
  CLI::App* zones = cloud.add_subcommand(
      "zones", "An account's availability zones, and how AWS would come to change them");
  zones->require_subcommand(1);
  add_change(*zones, exit_code, "list", "Show the zones, and what Fn::GetAZs answers");
  add_change(*zones, exit_code, "add", "Give the account one more zone");
  add_change(*zones, exit_code, "remove", "Take a zone away in which nothing is");
  add_change(*zones, exit_code, "default", "Make a default subnet in a zone");
  add_change(*zones, exit_code, "no-default", "Delete the default subnet of a zone");
  zones->footer(
      "Examples:\n  mainstay cloud zones list us-east-1\n"
      "  mainstay cloud zones add us-east-1 us-east-1g\n"
      "  mainstay cloud zones default us-east-1 us-east-1g");
}

}  // namespace mainstay::cli
