// Archives as documents, see archive.cc.
#pragma once

#include <string>
#include <string_view>

#include "services/events/bus.hh"

namespace mainstay::events {

std::string archive_arn(const Call& call, const std::string& name);
// Error ResourceNotFoundException.
Result<Value> find_archive(Call& call, const std::string& name);
// Where its events are, each as {Body, Came, Bytes}, and the id of one that came at a time.
std::string archived_table(const Value& archive);
std::string archived_key(Time at, std::string_view id);

}  // namespace mainstay::events
