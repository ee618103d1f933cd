#include "services/events/events.hh"

#include "cloud/cloud.hh"
#include "services/events/handlers.hh"
#include "services/events/rule.hh"

namespace mainstay::events {
namespace {

// A bus of another account's, by its ARN.
std::string account_of_bus(const Value& in) {
  for (const char* member : {"EventBusName", "Name"}) {
    std::string account = bus_account_of(in[member]);
    if (!account.empty()) return account;
  }
  return "";
}

// Tells the cloud who listens, from what the state has.
class Listeners : public cloud::Background {
 public:
  void start(cloud::Cloud& cloud) override {
    for (store::Shard* shard : cloud.store().shards("events")) {
      store::Unit unit(cloud.store(), *shard, store::Mode::read);
      for (const auto& [key, rule] : unit.all("rule"))
        cloud.audience().add(shard->key.account, shard->key.region,
                             rule["State"].as_string() == enabled_for_all);
    }
  }
  void stop() override {}
};

}  // namespace

cloud::Service make_service() {
  using cloud::reads, cloud::writes, cloud::writes_parts;
  cloud::Service service;
  service.name = "events";
  service.calls = {"iam"};
  service.account_of = account_of_bus;
  service.guard = guard;
  // "Logging Amazon EventBridge API calls with AWS CloudTrail".
  service.data_events = {"PutEvents", "PutPartnerEvents"};
  service.prepare = make_default_bus;
  service.background = std::make_shared<Listeners>();
  service.reactions = {{"schedule", fire_schedule},
                       {"target answered", target_answered},
                       {"deliver again", deliver_again},
                       {"replay", go_on_with_replay}};
  service.operations = {writes("CreateEventBus", create_event_bus),
                        reads("DescribeEventBus", describe_event_bus),
                        writes("UpdateEventBus", update_event_bus),
                        writes("DeleteEventBus", delete_event_bus),
                        reads("ListEventBuses", list_event_buses),
                        writes("PutPermission", put_permission),
                        writes("RemovePermission", remove_permission),
                        writes("PutRule", put_rule),
                        reads("DescribeRule", describe_rule),
                        writes("DeleteRule", delete_rule),
                        writes("EnableRule", enable_rule),
                        writes("DisableRule", disable_rule),
                        reads("ListRules", list_rules),
                        writes("PutTargets", put_targets),
                        writes("RemoveTargets", remove_targets),
                        reads("ListTargetsByRule", list_targets_by_rule),
                        reads("ListRuleNamesByTarget", list_rule_names_by_target),
                        writes_parts("PutEvents", put_events),
                        reads("TestEventPattern", test_event_pattern),
                        writes("CreateArchive", create_archive),
                        reads("DescribeArchive", describe_archive),
                        writes("UpdateArchive", update_archive),
                        writes("DeleteArchive", delete_archive),
                        reads("ListArchives", list_archives),
                        writes("StartReplay", start_replay),
                        reads("DescribeReplay", describe_replay),
                        writes("CancelReplay", cancel_replay),
                        reads("ListReplays", list_replays),
                        writes("TagResource", tag_resource),
                        writes("UntagResource", untag_resource),
                        reads("ListTagsForResource", list_tags)};
  return service;
}

}  // namespace mainstay::events
