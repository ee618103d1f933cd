#include "access/blast.hh"

namespace mainstay::access {

Blast blast_of(const World& world, const actions::ActionTable& table, size_t actor,
               const policy::Context& context) {
  Blast blast;
  blast.reached = Closure(world, context).from(actor);
  for (const Reached::Node& node : blast.reached.nodes)
    for (const Granted& granted : grants_of(world, table, world.actors()[node.actor], context)) {
      Damage& damage = blast.damage[effect_of(*granted.action)][std::string(service_of(granted))];
      damage.actions.insert(granted.action->name);
      damage.resources.insert(granted.resources.begin(), granted.resources.end());
      damage.actors.insert(node.actor);
    }
  return blast;
}

}  // namespace mainstay::access
