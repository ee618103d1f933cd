#include "stacks/zones.hh"

#include <algorithm>
#include <set>

#include "base/text.hh"
#include "cfn/references.hh"
#include "stacks/local_diff.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t items_max = 26;  // zones are letters
constexpr size_t filter_max =
    200;  // values of one filter (EC2 user guide, "Filter your resources")
constexpr std::string_view mark = "mainstay-zone ";

struct ZoneItem {
  std::string region;
  size_t index;
};

std::optional<ZoneItem> zone_place(const Value& v) {
  if (!v.is_string() || !v.as_string().starts_with(mark)) return std::nullopt;
  auto words = split(v.as_string(), " ");
  return ZoneItem{words[1], static_cast<size_t>(parse_int(words[2]).value_or(0))};
}

// An environment in which each item of Fn::GetAZs says which it is.
cfn::Environment marking_environment(const ZoneQuestion& question) {
  cfn::Environment out;
  out.pseudo.region = question.cloud.region();
  out.pseudo.stack_name = question.deployed.name;
  out.pseudo.stack_id = question.deployed.id;
  auto unknown = [](const std::string& what) { return Result<Value>(Value(Bytes{what})); };
  out.ref = unknown;
  out.import_value = unknown;
  out.get_att = [unknown](const std::string& id, const std::string& name) {
    return unknown(id + "." + name);
  };
  out.get_azs = [](const std::string& region) -> Result<Value> {
    Value items = Value::list();
    for (size_t i = 0; i < items_max; ++i)
      items.push_back(std::string(mark) + region + " " + std::to_string(i));
    return items;
  };
  return out;
}

using Resources = std::vector<cfn::ResolvedResource>;

Result<Resources> resolved(cfn::Document document, const Map& given,
                           const cfn::Environment& environment) {
  TRY(LocalTemplate read, with_parameters(std::move(document), given, environment.pseudo));
  return cfn::resolve_resources({&read.tmpl, &read.parameters, &environment});
}

std::vector<ZoneUse> uses_in(const Resources& resources) {
  std::vector<ZoneUse> uses;
  for (const cfn::ResolvedResource& r : resources)
    for (const auto& [name, value] : r.properties.members())
      if (auto place = zone_place(value))
        uses.push_back({r.id, r.type, name, place->region, place->index});
  return uses;
}

const cfn::ResolvedResource* resource_in(const Resources& in, const std::string& id) {
  auto it = std::ranges::find(in, id, &cfn::ResolvedResource::id);
  return it == in.end() ? nullptr : &*it;
}

struct Actual {
  std::string physical_id, zone;
};
using Actuals = std::map<std::string, Actual>;  // by logical id

Result<Actuals> subnets_of(const ZoneQuestion& question) {
  constexpr aws::Pages pages{"ListStackResources", "StackResourceSummaries", "NextToken",
                             "NextToken"};
  aws::Client& client = question.cloud.client();
  const std::string& region = question.cloud.region();
  TRY(List all, client.list("cloudformation", pages,
                            Value::map({{"StackName", question.deployed.id}}), region));
  Actuals out;
  std::map<std::string, std::string> names;  // logical by physical
  std::vector<std::string> ids;
  for (const Value& r : all) {
    if (r["ResourceType"].as_string() != "AWS::EC2::Subnet") continue;
    const std::string& id = r["PhysicalResourceId"].as_string();
    if (id.empty() || r["ResourceStatus"].as_string().starts_with("DELETE_")) continue;
    names[id] = r["LogicalResourceId"].as_string();
    ids.push_back(id);
  }
  for (size_t at = 0; at < ids.size(); at += filter_max) {
    auto end = ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), at + filter_max));
    Value values = Value::texts({ids.begin() + static_cast<std::ptrdiff_t>(at), end});
    Value filter = Value::map({{"Name", "subnet-id"}, {"Values", std::move(values)}});
    TRY(Value found,
        client.call("ec2", "DescribeSubnets",
                    Value::map({{"Filters", Value::list({std::move(filter)})}}), region));
    for (const Value& subnet : found["Subnets"].items()) {
      const std::string& id = subnet["SubnetId"].as_string();
      out[names[id]] = {id, subnet["AvailabilityZone"].as_string()};
    }
  }
  return out;
}

// Zones by what stands in them.
void learn(ZoneStanding& standing, const std::vector<ZoneUse>& uses, const Actuals& actuals) {
  for (const ZoneUse& use : uses) {
    auto actual = actuals.find(use.resource);
    if (actual == actuals.end()) {
      standing.unread.push_back(
          use.resource + ": the zone of " +
          (use.type == "AWS::EC2::Subnet" ? "a subnet that is not there" : "an " + use.type) +
          " is not read");
      continue;
    }
    ZoneNames& gave = standing.gave[use.region];
    if (gave.size() <= use.index) gave.resize(use.index + 1);
    gave[use.index] = actual->second.zone;
  }
}

// What refers to it, and what refers to that.
std::vector<std::string> dependents_of(const cfn::Document& document, const std::string& id) {
  std::vector<std::string> out;
  std::set<std::string> seen{id};
  std::map<std::string, std::vector<std::string>> by;  // who refers to it
  for (const auto& [name, resource] : document.root["Resources"].members())
    if (auto references = cfn::find_references(resource, {}))
      for (const cfn::Reference& reference : *references) by[reference.name].push_back(name);
  std::vector<std::string> next{id};
  while (!next.empty()) {
    std::string at = std::move(next.back());
    next.pop_back();
    for (const std::string& name : by[at])
      if (seen.insert(name).second) {
        out.push_back(name);
        next.push_back(name);
      }
  }
  std::ranges::sort(out);
  return out;
}

struct Sides {
  const Resources &before, &after;
  const cfn::Document& document;
};

std::string refusal_of_move(const ZoneMove& move, const Sides& sides) {
  if (move.after.empty())
    return "Template error: Fn::Select cannot select nonexistent value at index " +
           std::to_string(move.use.index);
  const cfn::ResolvedResource* was = resource_in(sides.before, move.use.resource);
  const cfn::ResolvedResource* is = resource_in(sides.after, move.use.resource);
  const Value& block = is->properties["CidrBlock"];
  bool same = was && block.is_string() && was->properties["CidrBlock"] == block &&
              was->properties["VpcId"] == is->properties["VpcId"];
  return same ? "The CIDR '" + block.as_string() + "' conflicts with another subnet" : "";
}

void find_moves(ZoneStanding& standing, const std::vector<ZoneUse>& uses, const Actuals& actuals,
                const Sides& sides) {
  for (const ZoneUse& use : uses) {
    auto actual = actuals.find(use.resource);
    auto gives = standing.gives.find(use.region);
    if (actual == actuals.end() || gives == standing.gives.end()) continue;
    ZoneMove move{use, actual->second.physical_id, actual->second.zone, "", "", {}};
    if (use.index < gives->second.size()) move.after = gives->second[use.index];
    if (move.after == move.before) continue;
    move.refusal = refusal_of_move(move, sides);
    move.dependents = dependents_of(sides.document, use.resource);
    standing.moves.push_back(std::move(move));
  }
}

}  // namespace

Result<ZoneNames> answered_zones(const CloudFormation& cloud, const std::string& region) {
  Value filter = Value::map({{"Name", "default-for-az"}, {"Values", Value::list({"true"})}});
  TRY(Value subnets,
      cloud.client().call("ec2", "DescribeSubnets",
                          Value::map({{"Filters", Value::list({std::move(filter)})}}), region));
  std::set<std::string> names;
  for (const Value& subnet : subnets["Subnets"].items())
    names.insert(subnet["AvailabilityZone"].as_string());
  if (names.empty()) {
    TRY(Value zones,
        cloud.client().call("ec2", "DescribeAvailabilityZones", Value::map({}), region));
    for (const Value& zone : zones["AvailabilityZones"].items())
      names.insert(zone["ZoneName"].as_string());
  }
  return ZoneNames(names.begin(), names.end());
}

Result<ZoneStanding> zone_standing(const ZoneQuestion& question) {
  ZoneStanding standing;
  if (!question.body.contains("GetAZs")) return standing;
  TRY(cfn::Document deployed,
      cfn::parse_document(question.body, "deployed template", cfn::ParseOptions::for_template()));
  cfn::Environment marking = marking_environment(question);
  TRY(Resources before, resolved(deployed, question.deployed.parameters, marking));
  std::vector<ZoneUse> uses = uses_in(before);
  if (uses.empty()) return standing;
  TRY(Actuals actuals, subnets_of(question));
  learn(standing, uses, actuals);
  Resources after = before;
  if (question.wanted) {
    TRY(after,
        resolved(question.wanted->document,
                 submitted_parameters(&question.deployed, *question.wanted, *question.submission),
                 marking));
  }
  std::vector<ZoneUse> wanted = uses_in(after);
  for (const auto* list : {&uses, &wanted})
    for (const ZoneUse& use : *list)
      if (!standing.gives.contains(use.region)) {
        TRY(standing.gives[use.region], answered_zones(question.cloud, use.region));
      }
  find_moves(standing, wanted, actuals,
             {before, after, question.wanted ? question.wanted->document : deployed});
  return standing;
}

Value zones_given(const ZoneStanding& standing, const std::string& region) {
  auto gave = standing.gave.find(region);
  auto gives = standing.gives.find(region);
  if (gave == standing.gave.end() || gives == standing.gives.end()) return Value();
  bool agrees = true;
  for (size_t i = 0; i < gave->second.size(); ++i)
    agrees &= gave->second[i].empty() ||
              (i < gives->second.size() && gave->second[i] == gives->second[i]);
  if (agrees) return Value::texts(gives->second);
  Value out = Value::list();
  for (size_t i = 0; i < items_max; ++i) {
    bool known = i < gave->second.size() && !gave->second[i].empty();
    out.push_back(known ? gave->second[i] : "(zone " + std::to_string(i) + ": not known)");
  }
  return out;
}

}  // namespace mainstay::stacks
