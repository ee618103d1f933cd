// The kinds of attacks: what is done to a container, how its effect is seen, and how it is taken
// back. A row each; a kind that can't be seen to work is none.
#pragma once

#include <span>
#include <string_view>

#include "backings/container.hh"
#include "base/value.hh"

namespace mainstay::chaos {

struct Kind {
  std::string_view name, about, mechanism;
  // How the container is before, as far as the kind changes that.
  Result<Value> (*remember)(backings::Containers&, const backings::ContainerState&);
  Status (*apply)(backings::Containers&, const backings::ContainerState&, const Value& parameters);
  // Whether the container shows the effect: measured, not believed.
  Result<bool> (*is_applied)(backings::Containers&, const std::string& id, const Value& before,
                             const Value& parameters);
  Status (*revert)(backings::Containers&, const std::string& id, const Value& before);
  // Whether it is as it was.
  Result<bool> (*is_reverted)(backings::Containers&, const std::string& id, const Value& before);
};
std::span<const Kind> kinds();
// Error "KindUnknown".
Result<const Kind*> find_kind(std::string_view name);

}  // namespace mainstay::chaos
