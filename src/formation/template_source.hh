// Where templates and the values in them come from: S3, SSM, EC2's zones.
#pragma once

#include <string>

#include "formation/definition.hh"

namespace mainstay::formation {

// A member of a request that names an object in S3, and how large that may be.
struct ObjectMember {
  std::string name;  // "TemplateURL"
  size_t bytes_max;
};
// The object behind https://bucket.s3[.region].amazonaws.com/key, a path-style URL of S3 or of this
// cloud (http://HOST:PORT/bucket/key), or s3://. Error: ValidationError.
Result<std::string> fetch_object(const Asker& asker, const ObjectMember& member,
                                 const std::string& url);

// The object behind an AWS::Include's location, "s3://bucket/key". Errors: what AWS::Include says.
Result<std::string> fetch_snippet(const Asker& asker, const std::string& url, size_t bytes_max);

// A parameter's value. AWS's public parameters, which no account holds, get made-up AMI ids.
// Error: ValidationError, also for a SecureString.
Result<std::string> read_ssm(const Asker& asker, const std::string& name);
// What {{resolve:service:reference}} stands for.
Result<std::string> resolve_reference(const Asker& asker, const std::string& service,
                                      const std::string& reference);

// Zones that have a default subnet, or all where none has (Fn::GetAZs).
Result<Value> zones_of(const Asker& asker, const std::string& region);

}  // namespace mainstay::formation
