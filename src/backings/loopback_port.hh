// Ports of this machine's loopback interface.
#pragma once

#include <cstdint>
#include <optional>

namespace mainstay::backings {

// One that nobody has now: the one asked for, or any (also for 0).
std::optional<uint16_t> free_port(uint16_t asked);
bool is_listening(uint16_t port);

}  // namespace mainstay::backings
