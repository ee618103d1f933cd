#include "services/ecs/service_event.hh"

namespace mainstay::ecs {
namespace {

constexpr size_t events_max = 100;  // "up to 100 events" (DescribeServices)

struct Lack {
  std::string_view reason, words;
};
// "Service event messages": why the closest matching instance can't take the task.
constexpr Lack lacks[] = {{"RESOURCE:MEMORY", "has insufficient memory available."},
                          {"RESOURCE:CPU", "has insufficient CPU units available."},
                          {"RESOURCE:PORTS", "is already using a port required by your task."},
                          {"AGENT", "has agent disconnected."},
                          {"ATTRIBUTE", "is missing an attribute required by your task."}};

}  // namespace

void tell(Call& call, Value& service, std::string message) {
  List events = {Value::map(
      {{"id", call.random.uuid()}, {"createdAt", call.now}, {"message", std::move(message)}})};
  for (const Value& one : service["events"].items())
    if (events.size() < events_max) events.push_back(one);
  service.set("events", Value(std::move(events)));
}

std::string quoted(const Value& service) {
  return "(service " + service["serviceName"].as_string() + ") ";
}

std::string unplaced_text(const Value& service, const ClusterFleet& fleet,
                          const placement::Demand& demand) {
  std::string text =
      quoted(service) +
      "was unable to place a task because no container instance met all of its requirements. ";
  auto closest = fleet.fleet.closest_refusal(demand);
  if (!closest)
    return text + "Reason: No Container Instances were found in your cluster." + more_text;
  std::string words = "encountered error \"" + closest->reason + "\".";
  for (const Lack& lack : lacks)
    if (lack.reason == closest->reason) words = lack.words;
  return text + "The closest matching (container-instance " +
         short_name(fleet.keys[closest->instance]) + ") " + words + more_text;
}

}  // namespace mainstay::ecs
