// What of a configuration is a program of the user's own: blueprints, lookups, hooks and Jinja
// templates in Python, and commands that print a template. Run elsewhere, behind this interface.
//
// Errors: "BlueprintUnknown", "PythonNameUnknown", "PythonMissing", "PythonPackageMissing",
// "PythonRaised" (its place is that in the user's code), "PythonFailed", "CommandFailed",
// "Interrupted". Threads: any.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "stacks/config.hh"

namespace mainstay::stacks {

// Answers what a program asks for while it runs: lookups, stacks, the keys of the run.
using ProgramAsk = std::function<Result<Value>(const std::string& what, const Value& with)>;

struct MadeTemplate {
  std::string body;
  std::optional<Value> parameters;   // values of its parameters; nothing: the variables are
  std::vector<std::string> unknown;  // variables that it does not use
};

// Where a program runs on behalf of a stack or of the run.
struct ProgramPlace {
  std::string region, profile;
  Value hook_data = Value::map();  // by data_key
};

struct HookOutcome {
  bool held = false;  // it said that it worked
  Value data;         // a map, or null
};

class Programs {
 public:
  virtual ~Programs() = default;
  // Whether there is such a thing, without running it.
  virtual Status check_class(const std::string& class_path) = 0;
  virtual Status check_lookup(const std::string& path) = 0;
  virtual Status check_hook(const std::string& path) = 0;
  virtual Status check_jinja(const std::string& file, const std::string& text) = 0;

  virtual Result<MadeTemplate> render(const StackConfig& stack, const Value& variables,
                                      const Value& hook_data, const ProgramAsk& ask) = 0;
  virtual Result<std::string> fill_in(const std::string& file, const std::string& text,
                                      const StackConfig& stack, const Value& variables,
                                      const Value& hook_data, const ProgramAsk& ask) = 0;
  virtual Result<MadeTemplate> run_command(const StackConfig& stack, const Value& variables) = 0;
  virtual Result<Value> look_up(const std::string& path, const std::string& data,
                                const ProgramPlace& place, const ProgramAsk& ask) = 0;
  virtual Result<HookOutcome> run_hook(const std::string& path, const std::string& data_key,
                                       const Value& args, const ProgramPlace& place,
                                       const ProgramAsk& ask) = 0;
  // The variables that a class declares: {description, file, variables: [{name, type, ...}]}.
  virtual Result<Value> describe(const std::string& class_path) = 0;
};

}  // namespace mainstay::stacks
