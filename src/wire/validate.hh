// Checks an input against its model, and says what is wrong in AWS's words.
#pragma once

#include <string_view>

#include "base/error.hh"
#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::wire {

struct ValidateOptions {
  // "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: ..", or
  // the words of EC2 and RDS: "The request must contain the parameter X".
  enum class Words : uint8_t { constraints, parameters } words = Words::constraints;
  std::string_view code = "ValidationException";
  bool enums = true;     // S3 checks by operation, so not here
  bool patterns = true;  // EC2 has rules of its own
  // S3: what lacks inside a document breaks its schema: MalformedXML (recorded).
  bool documents = false;
  bool hidden_enums = false;  // IAM tells neither the value nor the set (recorded on AWS)
  bool hashed_enums = false;  // sets of values are shown in the order of a hash table of Java's
};

// How a service that speaks this protocol answers: the code is ValidationException for JSON,
// ValidationError for query, and what the service is known to say otherwise.
ValidateOptions validate_options(const Model& model, Protocol protocol);

// Required members, lengths, sizes, ranges, patterns and enums, all levels down. Errors: code as in
// the options (MissingParameter and InvalidParameterValue with Words::parameters), status 400.
// Limit: the first 20 that are wrong are told.
Status validate(const Operation& operation, const Value& input,
                const ValidateOptions& options = {});

}  // namespace mainstay::wire
