#include "services/ec2/instance.hh"

#include <algorithm>

#include "base/text.hh"
#include "cloud/announce.hh"
#include "services/ec2/handlers.hh"
#include "services/ec2/network.hh"

namespace mainstay::ec2 {
namespace {

using Change = std::function<Result<InstanceState>(Value& instance)>;

std::string state_of(const Value& instance) {
  return instance["State"]["Name"].as_string();
}

// Every instance by its id first, so that a wrong one changes nothing.
Result<List> find_instances(Call& call, const Value& in) {
  List out;
  std::vector<std::string> missing;
  for (const Value& id : in["InstanceIds"].items()) {
    auto instance = get(call, instance_kind(), id.as_string());
    if (instance.has_value())
      out.push_back(std::move(*instance));
    else if (instance.error().code.ends_with(".NotFound"))
      missing.push_back(id.as_string());
    else
      return instance.error();
  }
  if (missing.size() > 1)
    return aws_error("InvalidInstanceID.NotFound",
                     "The instance IDs '" + join(missing, ", ") + "' do not exist");
  if (!missing.empty()) return not_found(instance_kind(), missing.front());
  return out;
}

// Changes each; `change` gives the state that the answer shows, on the way to the one it sets.
Result<Value> change_states(Call& call, const Value& in, std::string_view list,
                            const Change& change) {
  TRY(List instances, find_instances(call, in));
  Value changes = Value::list();
  for (Value& instance : instances) {
    Value previous = instance["State"];
    TRY(InstanceState current, change(instance));
    put(call, instance_kind(), instance);
    if (instance["State"] != previous) {
      announce_state(call, instance, current.name);
      if (instance["State"]["Name"].as_string() != current.name)
        announce_state(call, instance, instance["State"]["Name"].as_string());
    }
    changes.push_back(Value::map({{"InstanceId", instance["InstanceId"]},
                                  {"PreviousState", previous},
                                  {"CurrentState", state_value(current)}}));
  }
  return Value::map({{std::string(list), std::move(changes)}});
}

Error wrong_state(const Value& instance, const char* what) {
  return aws_error("IncorrectInstanceState", "The instance '" + instance["InstanceId"].as_string() +
                                                 "' is not in a state from which it can be " +
                                                 what + ".");
}

void end_with(Call& call, Value& instance, const InstanceState& state, std::string_view verb) {
  instance.set("State", state_value(state));
  instance.set(
      "StateTransitionReason",
      "User initiated (" + replace_all(format_iso8601(call.now), "T", " ").substr(0, 19) + " GMT)");
  instance.set("StateReason",
               state_reason("Client.UserInitiatedShutdown",
                            "Client.UserInitiatedShutdown: User initiated " + std::string(verb)));
  instance.erase("PublicIpAddress");
  instance.set("PublicDnsName", "");
}

Status release_interfaces(Call& call, Value& instance) {
  for (const Value& shown : instance["NetworkInterfaces"].items()) {
    const Value* found = call.find("network-interface", shown["NetworkInterfaceId"].as_string());
    if (!found) continue;
    Value interface = *found;
    if (interface["Attachment"]["DeleteOnTermination"].as_bool()) {
      release_addresses(call, interface);
      remove_interface(call, interface);
      continue;
    }
    note_instance_of_address(call, interface, Value());
    interface.erase("Attachment");
    put(call, network_interface_kind(), interface.set("Status", "available"));
  }
  instance.set("NetworkInterfaces", Value::list());
  return {};
}

void release_volumes(Call& call, Value& instance) {
  for (const Value& mapping : instance["BlockDeviceMappings"].items()) {
    const std::string& id = mapping["Ebs"]["VolumeId"].as_string();
    const Value* found = call.find("volume", id);
    if (!found) continue;
    if (mapping["Ebs"]["DeleteOnTermination"].as_bool()) {
      call.remove("volume", id);
      continue;
    }
    Value volume = *found;
    volume.set("Attachments", Value::list());
    put(call, volume_kind(), volume.set("State", "available"));
  }
  instance.set("BlockDeviceMappings", Value::list());
}

Result<InstanceState> terminate(Call& call, Value& instance) {
  if (state_of(instance) == terminated.name) return terminated;
  if (instance["_Protected"].as_bool())
    return aws_error("OperationNotPermitted",
                     "The instance '" + instance["InstanceId"].as_string() +
                         "' may not be terminated. Modify its 'disableApiTermination' instance "
                         "attribute and try again.");
  end_with(call, instance, terminated, "shutdown");
  CHECK_OK(release_interfaces(call, instance));
  release_volumes(call, instance);
  for (const char* member : {"SubnetId", "VpcId", "PrivateIpAddress"}) instance.erase(member);
  instance.set("PrivateDnsName", "").set("SecurityGroups", Value::list());
  instance.set("_Terminated", call.now);
  return shutting_down;
}

Result<InstanceState> stop(Call& call, Value& instance) {
  if (state_of(instance) == stopped.name) return stopped;
  if (state_of(instance) == terminated.name) return wrong_state(instance, "stopped");
  end_with(call, instance, stopped, "shutdown");
  show_public_addresses(call, instance);
  return stopping;
}

void give_public_address(Call& call, Value& instance) {
  const Value* subnet = call.find("subnet", instance["SubnetId"].as_string());
  if (subnet && (*subnet)["MapPublicIpOnLaunch"].as_bool())
    set_public_address(call, instance, fresh_public_address(call));
}

Result<InstanceState> start(Call& call, Value& instance) {
  if (state_of(instance) == running.name) return running;
  if (state_of(instance) == terminated.name) return wrong_state(instance, "started");
  instance.set("State", state_value(running)).set("StateTransitionReason", "");
  instance.set("LaunchTime", call.now);
  instance.erase("StateReason");
  if (!instance.has("PublicIpAddress")) give_public_address(call, instance);
  return pending;
}

// Terminated instances are described for an hour ("Terminate Amazon EC2 instances", user guide).
bool is_forgotten(const Call& call, const Value& instance) {
  constexpr int64_t described_ms_max = 3'600'000;
  return instance.has("_Terminated") &&
         call.now - instance["_Terminated"].as_time() > described_ms_max;
}

Value status_summary(bool up) {
  return Value::map(
      {{"Status", up ? "ok" : "not-applicable"},
       {"Details", up ? Value::list({Value::map({{"Name", "reachability"}, {"Status", "passed"}})})
                      : Value::list()}});
}

}  // namespace

Value state_value(const InstanceState& state) {
  return Value::map({{"Code", state.code}, {"Name", state.name}});
}

// "EC2 Instance State-change Notification" (EC2 user guide, "State change events").
void announce_state(Call& call, const Value& instance, std::string_view state) {
  const std::string& id = instance["InstanceId"].as_string();
  cloud::announce(call, {.source = "aws.ec2",
                         .detail_type = "EC2 Instance State-change Notification",
                         .resource = call.arn("instance/" + id),
                         .detail = Value::map({{"instance-id", id}, {"state", state}}),
                         .lane = id});
}

Value state_reason(std::string_view code, std::string_view message) {
  return Value::map({{"Code", code}, {"Message", message}});
}

Value attach_to_instance(Call& call, Value interface, const std::string& instance, int64_t index,
                         bool delete_with_instance) {
  Value attachment = Value::map({{"AttachmentId", call.new_id("eni-attach")},
                                 {"AttachTime", call.now},
                                 {"DeleteOnTermination", delete_with_instance},
                                 {"DeviceIndex", index},
                                 {"NetworkCardIndex", 0},
                                 {"Status", "attached"}});
  Value shown = interface;
  shown.set("Attachment", attachment).set("Status", "in-use");
  attachment.set("InstanceId", instance).set("InstanceOwnerId", call.account);
  interface.set("Attachment", std::move(attachment)).set("Status", "in-use");
  put(call, network_interface_kind(), interface);
  note_instance_of_address(call, interface, instance);
  return shown;
}

void show_primary(Value& instance, const Value& interface) {
  for (const char* member : {"SubnetId", "VpcId", "PrivateIpAddress", "PrivateDnsName"})
    instance.set(member, interface[member]);
  instance.set("SecurityGroups", interface["Groups"]);
}

std::string public_dns_name(const Call& call, const std::string& address) {
  std::string where =
      call.region == "us-east-1" ? "compute-1" : call.region + std::string(".compute");
  return "ec2-" + replace_all(address, ".", "-") + "." + where + ".amazonaws.com";
}

void set_public_address(const Call& call, Value& instance, const std::string& address) {
  instance.set("PublicIpAddress", address);
  instance.set("PublicDnsName", public_dns_name(call, address));
}

void show_public_addresses(Call& call, Value& instance) {
  std::string own;
  bool had_own = false;
  for (Value& shown : instance.member("NetworkInterfaces").make_list()) {
    bool is_primary = shown["Attachment"]["DeviceIndex"].as_int() == 0;
    had_own = had_own || (is_primary && shown.has("Association"));
    shown.erase("Association");
    const Value* interface =
        call.find("network-interface", shown["NetworkInterfaceId"].as_string());
    if (!interface || !interface->has("Association")) continue;
    const Value& association = (*interface)["Association"];
    if (is_primary) own = association["PublicIp"].as_string();
    shown.set("Association", Value::map({{"PublicIp", association["PublicIp"]},
                                         {"PublicDnsName", association["PublicDnsName"]},
                                         {"IpOwnerId", association["IpOwnerId"]}}));
  }
  if (!own.empty()) return set_public_address(call, instance, own);
  if (!had_own) return;
  instance.erase("PublicIpAddress");
  instance.set("PublicDnsName", "");
  if (state_of(instance) == running.name) give_public_address(call, instance);
}

Result<Value> describe_instances(Call& call, const Value& in) {
  TRY(Value found, describe(call, in, instance_kind()));
  Value reservations = Value::list();
  std::map<std::string, size_t> places;
  for (const Value& instance : found["Instances"].items()) {
    if (is_forgotten(call, instance)) continue;
    const Value& reservation = instance["_Reservation"];
    auto [it, is_new] = places.emplace(reservation["ReservationId"].as_string(), places.size());
    List& all = reservations.make_list();
    if (is_new) {
      all.push_back(reservation);
      all.back().set("Groups", Value::list());
    }
    all[it->second].member("Instances").push_back(instance);
  }
  Value out = Value::map({{"Reservations", std::move(reservations)}});
  if (found.has("NextToken")) out.set("NextToken", found["NextToken"]);
  return out;
}

namespace {

constexpr Kind status_kind{
    "instance-status",  "",           "InstanceId", "instance ID", "InvalidInstanceID",
    "InstanceStatuses", "InstanceIds"};

Value status_of(const Value& instance) {
  bool up = state_of(instance) == running.name;
  const Value& placement = instance["Placement"];
  return Value::map({{"InstanceId", instance["InstanceId"]},
                     {"AvailabilityZone", placement["AvailabilityZone"]},
                     {"AvailabilityZoneId", placement["AvailabilityZoneId"]},
                     {"InstanceState", instance["State"]},
                     {"InstanceStatus", status_summary(up)},
                     {"SystemStatus", status_summary(up)},
                     {"Tags", instance["Tags"]}});
}

}  // namespace

Result<Value> describe_instance_status(Call& call, const Value& in) {
  TRY(Value found,
      describe(call, Value::map({{"InstanceIds", in["InstanceIds"]}}), instance_kind()));
  List statuses;
  for (const Value& instance : found["Instances"].items()) {
    bool shown = in["IncludeAllInstances"].as_bool() || state_of(instance) == running.name;
    if (shown && !is_forgotten(call, instance)) statuses.push_back(status_of(instance));
  }
  return describe_list(in, std::move(statuses), status_kind);
}

Result<Value> terminate_instances(Call& call, const Value& in) {
  return change_states(call, in, "TerminatingInstances",
                       [&](Value& instance) { return terminate(call, instance); });
}

Result<Value> stop_instances(Call& call, const Value& in) {
  return change_states(call, in, "StoppingInstances",
                       [&](Value& instance) { return stop(call, instance); });
}

Result<Value> start_instances(Call& call, const Value& in) {
  return change_states(call, in, "StartingInstances",
                       [&](Value& instance) { return start(call, instance); });
}

Result<Value> reboot_instances(Call& call, const Value& in) {
  TRY(List instances, find_instances(call, in));
  for (const Value& instance : instances)
    if (state_of(instance) != running.name) return wrong_state(instance, "rebooted");
  return answer_true();
}

Result<Value> describe_volumes(Call& call, const Value& in) {
  return describe(call, in, volume_kind());
}

}  // namespace mainstay::ec2
