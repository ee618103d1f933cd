// An application: processes of one image, each a service of ECS, in one CloudFormation stack.
//
// What is kept is a list of releases. One never changes: image, processes, their sizes and counts,
// and for each variable the parameter that holds its value; so going back to one gives all of it
// back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hh"
#include "base/time.hh"
#include "base/value.hh"

namespace mainstay::apps {

// "1X" and so on, as Empire names them, or "CPU:MEMORY".
struct Size {
  int64_t cpu = 256;     // units, 1024 a virtual processor
  int64_t memory = 512;  // MiB
  bool operator==(const Size&) const = default;

  // "2X", "512:1GB", "512:1024". Error "SizeInvalid".
  static Result<Size> parse(std::string_view text);
  std::string to_text() const;
};

struct Process {
  std::string name;                  // "web"
  std::vector<std::string> command;  // empty: the image's own
  std::map<std::string, std::string> environment;
  std::vector<int64_t> ports;            // of the container
  std::vector<std::string> constraints;  // expressions of the cluster query language
  List strategies;                       // {type, field}, as ECS has them
  bool is_service = true;                // else it runs only when it is asked to
  int64_t count = 0;
  Size size;
};

struct Release {
  int64_t number = 0;
  std::string image, description, user;
  Time created;
  std::string status;  // "pending", "deployed", "failed: WHY"
  std::vector<Process> processes;
  std::map<std::string, int64_t> variables;  // by name, the number of its value

  Process* process(std::string_view name);
  Value to_value() const;
  static Result<Release> from_value(const Value& v);
};

struct App {
  std::string name, cluster;
  int64_t newest = 0;   // release, deployed or not
  int64_t current = 0;  // release that is deployed, 0 for none
  // Expressions that bind every process beside its own.
  std::vector<std::string> constraints;
  std::string task_policy;  // of its task role, JSON; "": it may do nothing

  std::string stack() const { return "app-" + name; }
  Value to_value() const;
  static Result<App> from_value(const Value& v);
};

// "a-z, 0-9 and single hyphens", 3 to 30 characters as Empire has it. Error "AppNameInvalid".
Status check_app_name(std::string_view name);

}  // namespace mainstay::apps
