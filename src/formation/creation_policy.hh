// CreationPolicy: a resource is complete only once it has been signalled (template reference,
// "CreationPolicy attribute").
#pragma once

#include "formation/provider.hh"

namespace mainstay::formation {

// Whether somebody has to signal the resource, by the policy and the types that have one.
bool has_creation_policy(const Subject& s);

// Of a resource that is made: not_yet() until the signals are there or their time is over. Where
// nothing listens that a signal could come to, it is not waited for, and the note says so.
Status await_signals(Subject& s);

// Whether user data of the stack's resources calls cfn-signal with a WaitConditionHandle: what it
// would do is not done here, and counts as done.
bool is_signalled_by_user_data(const Subject& s, const std::string& handle);

}  // namespace mainstay::formation
