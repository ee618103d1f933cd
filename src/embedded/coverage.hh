// What the embedded cloud has of AWS, read from its own tables: operations by service, and what
// becomes of CloudFormation's resource types.
#pragma once

#include <string>
#include <vector>

#include "base/error.hh"

namespace mainstay::embedded {

struct ServiceCoverage {
  std::string name;                        // botocore's
  std::vector<std::string> here, refused;  // operations; those refused answer NotImplemented
};

enum class TypeStanding : uint8_t {
  behaves,   // made by calls to a service that is here
  recorded,  // kept, with Ref and attributes in AWS's forms; nothing runs behind it
  guessed    // kept, with Ref and attributes as its schema lets guess
};
const char* standing_name(TypeStanding standing);  // "behaves", ...

struct TypeCoverage {
  std::string name;
  TypeStanding standing;
};

struct Coverage {
  std::vector<ServiceCoverage> services;  // by name
  std::vector<TypeCoverage> types;        // by name; all others are refused as unknown
};

// Errors: those of models that can't be read.
Result<Coverage> coverage();

}  // namespace mainstay::embedded
