// What the program knows of AWS without asking it. Each function may be empty: then nothing is
// known. What they return lives as long as the run; any number of threads.
#pragma once

#include <functional>
#include <string>

#include "cfn/schema.hh"
#include "proofs/symbolic.hh"

namespace mainstay::stacks {

// What deleting a resource of a type does to data.
enum class DataHeld : uint8_t {
  none,          // it holds none of its own
  while_filled,  // CloudFormation can't delete it while anything is in it
  yes            // it goes with what is in it
};

struct Knowledge {
  std::function<const cfn::Schema*(const std::string& type)> schema = nullptr;
  bool validates = false;      // change sets are validated by the other side, which tells
  bool has_all_types = false;  // what has no schema is not there, either
  std::function<DataHeld(const std::string& type)> data_held = nullptr;
  // The document of one of AWS's own managed policies, by its ARN; error where it isn't known.
  std::function<Result<std::string>(const std::string& arn)> managed_policy = nullptr;
  // How policies are compared.
  std::function<policy::proofs::SymbolicOptions()> policy_options = nullptr;
};

}  // namespace mainstay::stacks
