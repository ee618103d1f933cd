// An event of the cloud's trail as CloudTrail writes it.
#pragma once

#include <string>

#include "cloud/trail.hh"

namespace mainstay::cloud {
class Cloud;
}

namespace mainstay::cloudtrail {

using cloud::TrailEvent;

// "ec2.amazonaws.com"
std::string source_of(const TrailEvent& event);
// The user, the role's session, or "root".
std::string username_of(const TrailEvent& event);
// Made from the request's id: the same at every lookup.
std::string event_id_of(const TrailEvent& event);
// {ResourceType, ResourceName} of what the request names, a pair once.
Value resources_of(const TrailEvent& event);

// The record (eventVersion 1.09) as JSON. What the service's model calls sensitive, bytes, and
// credentials are not in it.
std::string record_of(const cloud::Cloud& cloud, const TrailEvent& event);

// What members "VpcId", "RoleName", ... of a service's requests and answers name, "" if nothing.
std::string resource_type(const std::string& service, const std::string& member);

}  // namespace mainstay::cloudtrail
