// Waiting for a stack's operation to end, and what went wrong if it did.
#pragma once

#include "stacks/session.hh"

namespace mainstay::stacks {

// Asks, less and less often, until the stack is no longer in progress; hands new events to the
// reporter if it wants them. changed(status) is called when the status does. Nothing is returned
// for a stack that is gone. before: as the stack was when the operation was asked for; a look that
// still shows that is not believed for a while (PollPolicy::stale_ms), since AWS's answers may lag.
// Errors: "Interrupted", "WaitTimeout", and AWS's.
Result<std::optional<DeployedStack>> wait_until_settled(
    const Session& session, const StackConfig& stack, const CloudFormation& cloud,
    const std::string& id, const std::function<void(const std::string& status)>& changed,
    const DeployedStack* before = nullptr);

// From the events of the stack's last operation.
Failure diagnose(const CloudFormation& cloud, const DeployedStack& stack,
                 const cfn::Document* document);

}  // namespace mainstay::stacks
