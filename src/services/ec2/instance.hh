// Instances as documents: the shape that DescribeInstances answers, with _Reservation (its id and
// owner), and _Protected where DisableApiTermination was asked for. They run nothing.
#pragma once

#include "services/ec2/resource.hh"

namespace mainstay::ec2 {

// States and their codes (API reference, InstanceState).
struct InstanceState {
  int code;
  std::string_view name;
};
inline constexpr InstanceState pending{0, "pending"}, running{16, "running"},
    shutting_down{32, "shutting-down"}, terminated{48, "terminated"}, stopping{64, "stopping"},
    stopped{80, "stopped"};

Value state_value(const InstanceState& state);
// Onto the account's event bus: that an instance is in a state now.
void announce_state(Call& call, const Value& instance, std::string_view state);
// "Client.UserInitiatedShutdown" and the like.
Value state_reason(std::string_view code, std::string_view message);

// A subnet of the default VPC, in the zone that Placement names if it does: where RunInstances puts
// what names no subnet.
Result<Value> default_subnet(Call& call, const Value& in);

// image.cc: "ami-" and eight or seventeen hexadecimal digits.
Status check_image_id(const std::string& id);

// The network interface becomes the instance's; its document in the instance's shape.
Value attach_to_instance(Call& call, Value interface, const std::string& instance, int64_t index,
                         bool delete_with_instance);
// Copies an interface's address and groups to the instance, whose primary one it is.
void show_primary(Value& instance, const Value& interface);
void set_public_address(const Call& call, Value& instance, const std::string& address);
std::string public_dns_name(const Call& call, const std::string& address);
// Makes the instance show what its interfaces are associated with. The primary one's address is the
// instance's own; when it loses that, it gets another where its subnet gives addresses.
void show_public_addresses(Call& call, Value& instance);

}  // namespace mainstay::ec2
