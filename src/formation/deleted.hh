// Deleted stacks: kept for those who know their id, as long as AWS keeps them ("deleted stacks are
// kept for 90 days", ListStacks), and no more of them than deleted_max.
//
// Table "deleted", by the time of deletion and the stack's UUID, oldest first: {StackId}.
#pragma once

#include "formation/records.hh"

namespace mainstay::formation {

inline constexpr size_t deleted_max = 250;  // of an account and region
inline constexpr int64_t deleted_ms_max = int64_t{90} * 24 * 3600 * 1000;
inline constexpr std::string_view forget_reaction = "forget deleted";

// Part of the change that ends a stack's deletion.
void remember_deleted(Call& call, const Value& stack);
// The reaction: what has been deleted for too long goes, with all that was known of it.
Status forget_deleted(Call& call, const Value& nothing);

}  // namespace mainstay::formation
