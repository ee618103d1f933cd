// Where {{resolve:ssm-secure:...}} may stand: in a few properties, which are a table ("Get a secure
// string value from Systems Manager Parameter Store", user guide).
#pragma once

#include <string>

#include "base/error.hh"
#include "base/value.hh"
#include "formation/definition.hh"

namespace mainstay::formation {

// A resource about to be made or changed: its properties, evaluated.
// Error ValidationError: "SSM Secure reference is not supported in: [TYPE/Properties/PATH]".
Status check_secure_references(const std::string& type, const Value& properties);
// The same of a template that was just handed in: of all resources that are to be made, as
// declared, but only references with a version. AWS finds those without one when it makes the
// resource.
Status check_secure_references(const Prepared& prepared);

}  // namespace mainstay::formation
