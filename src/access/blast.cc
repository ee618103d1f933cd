#include "access/blast.hh"

namespace mainstay::access {
namespace {

// Actions can be about other services' resources, too (ec2:RunInstances about roles): these are not
// the service's data. Roles are what STS is about.
bool is_data_of(std::string_view service, const std::string& arn) {
  return arn.find(":" + std::string(service) + ":") != std::string::npos ||
         (service == "sts" && arn.find(":role/") != std::string::npos);
}

}  // namespace

Blast blast_of(const World& world, const actions::ActionTable& table, size_t actor,
               const policy::Context& context) {
  Blast blast;
  blast.reached = Closure(world, context).from(actor);
  Grants grants(world, table, context);
  for (const Reached::Node& node : blast.reached.nodes)
    for (const Granted& granted : grants.of(world.actors()[node.actor])) {
      Damage& damage = blast.damage[effect_of(*granted.action)][std::string(service_of(granted))];
      damage.actions.insert(granted.action->name);
      damage.resources.insert(granted.resources.begin(), granted.resources.end());
      for (const std::string& arn : granted.data)
        if (is_data_of(service_of(granted), arn)) damage.data.insert(arn);
      damage.actors.insert(node.actor);
    }
  return blast;
}

}  // namespace mainstay::access
