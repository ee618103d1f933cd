#include "backings/runtime_program.hh"

#include <cstddef>

#include "base/text.hh"

extern "C" const char mainstay_python_bootstrap_begin[], mainstay_python_bootstrap_end[];
extern "C" const char mainstay_node_bootstrap_begin[], mainstay_node_bootstrap_end[];

// Taken in by the assembler as they are.
__asm__(
    ".section .rodata\n"
    ".global mainstay_python_bootstrap_begin\n.global mainstay_python_bootstrap_end\n"
    "mainstay_python_bootstrap_begin:\n.incbin \"" MAINSTAY_RUNTIMES
    "/bootstrap.py\"\n"
    "mainstay_python_bootstrap_end:\n.byte 0\n"
    ".global mainstay_node_bootstrap_begin\n.global mainstay_node_bootstrap_end\n"
    "mainstay_node_bootstrap_begin:\n.incbin \"" MAINSTAY_RUNTIMES
    "/bootstrap.mjs\"\n"
    "mainstay_node_bootstrap_end:\n.byte 0\n.previous\n");

namespace mainstay::backings {
namespace {

// What the process may take beyond the function's memory before the system refuses it more: a
// backstop for what grows faster than it is looked at (environment.cc).
constexpr uint64_t data_bytes_over = uint64_t{2} << 30;

enum class Kind { python, node, custom, other };

Kind kind_of(std::string_view runtime) {
  if (runtime.starts_with("python3")) return Kind::python;
  if (runtime.starts_with("nodejs")) return Kind::node;
  if (runtime.starts_with("provided")) return Kind::custom;
  return Kind::other;
}

Error missing(const FunctionSpec& spec, const std::string& why, std::string hint) {
  return Error("RuntimeMissing", "runtime " + spec.runtime + ": " + why).with_hint(std::move(hint));
}

Result<std::string> interpreter(const FunctionSpec& spec, const char* variable, const char* name,
                                Processes& processes, const Environment& surroundings) {
  std::string wanted = surroundings.get(variable).value_or(name);
  auto found = processes.find_program(wanted, surroundings.text("PATH"));
  if (!found)
    return missing(spec, "this machine has no program " + wanted,
                   "install it, or set " + std::string(variable) + " to one");
  return *found;
}

Result<std::vector<std::string>> command_of(const FunctionSpec& spec, const Places& places,
                                            Processes& processes, const Environment& surroundings) {
  switch (kind_of(spec.runtime)) {
    case Kind::python: {
      TRY(std::string program,
          interpreter(spec, "MAINSTAY_PYTHON", "python3", processes, surroundings));
      return std::vector<std::string>{program, places.runtime + "/bootstrap.py"};
    }
    case Kind::node: {
      TRY(std::string program, interpreter(spec, "MAINSTAY_NODE", "node", processes, surroundings));
      // The heap as AWS sizes it: nine tenths of the function's memory or so.
      return std::vector<std::string>{
          program, "--max-old-space-size=" + std::to_string(spec.memory_mb * 9 / 10),
          places.runtime + "/bootstrap.mjs"};
    }
    case Kind::custom:
      for (const std::string& folder : {places.task_root, places.layers})
        if (std::string file = folder + "/bootstrap";
            !folder.empty() && processes.find_program(file, ""))
          return std::vector<std::string>{file};
      // AWS: "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]".
      return Error("Runtime.InvalidEntrypoint",
                   "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
    case Kind::other:
      break;
  }
  return missing(spec, "only Python, Node.js and custom runtimes run on this machine",
                 "use python3.x, nodejs.x or provided.al2023");
}

// A path as the function knows it, as one of this machine.
std::string on_this_machine(const std::string& path, const Places& places) {
  if (path.starts_with("/opt/") && !places.layers.empty()) return places.layers + path.substr(4);
  if (path.starts_with("/var/task/")) return places.task_root + path.substr(9);
  return path;
}

class EnvironmentList {
 public:
  void set(const std::string& name, const std::string& value) { values_[name] = value; }
  void set_default(const std::string& name, const std::string& value) {
    values_.emplace(name, value);
  }
  // As a path: what the function set first, then ours.
  void append(const std::string& name, const std::string& value) {
    std::string& now = values_[name];
    now += now.empty() ? value : ":" + value;
  }
  std::string get(const std::string& name) const {
    auto it = values_.find(name);
    return it == values_.end() ? "" : it->second;
  }
  std::vector<std::string> list() const {
    std::vector<std::string> out;
    for (const auto& [name, value] : values_) out.push_back(name + "=" + value);
    return out;
  }

 private:
  std::map<std::string, std::string> values_;
};

// "Working with Lambda environment variables", "Defined runtime environment variables".
void add_places(EnvironmentList& out, const FunctionSpec& spec, const Places& places,
                const Environment& surroundings) {
  out.set("LAMBDA_TASK_ROOT", places.task_root);
  out.set("LAMBDA_RUNTIME_DIR", places.runtime);
  out.set("PWD", places.task_root);
  out.set_default("TZ", ":UTC");
  out.set_default("LANG", "C.UTF-8");  // every machine has it; AWS's is en_US.UTF-8
  out.append("PATH", surroundings.get("PATH").value_or("/usr/local/bin:/usr/bin:/bin"));
  out.append("LD_LIBRARY_PATH", places.task_root + ":" + places.task_root + "/lib");
  if (!places.layers.empty()) {
    out.append("PATH", places.layers + "/bin");
    out.append("LD_LIBRARY_PATH", places.layers + "/lib");
  }
  if (kind_of(spec.runtime) == Kind::python) {
    out.set("PYTHONDONTWRITEBYTECODE", "1");  // the code is shared by environments
    out.append("PYTHONPATH", places.task_root);
    // "Packaging layer content": python/ and python/lib/python3.x/site-packages/.
    if (!places.layers.empty())
      out.append("PYTHONPATH", places.layers + "/python:" + places.layers + "/python/lib/" +
                                   spec.runtime + "/site-packages");
  }
  if (kind_of(spec.runtime) == Kind::node) {
    std::string node = "node" + spec.runtime.substr(6, spec.runtime.find('.') - 6);
    if (!places.layers.empty())
      out.append("NODE_PATH", places.layers + "/nodejs/" + node + "/node_modules:" + places.layers +
                                  "/nodejs/node_modules");
    out.append("NODE_PATH", places.task_root);
  }
}

}  // namespace

Result<ProcessSpec> program_of(const FunctionSpec& spec, const Places& places,
                               const Variables& variables, Processes& processes,
                               const Environment& surroundings) {
  ProcessSpec program;
  TRY(program.argv, command_of(spec, places, processes, surroundings));
  EnvironmentList environment;
  for (const auto& [name, value] : variables) environment.set(name, value);
  add_places(environment, spec, places, surroundings);
  environment.set("_HANDLER", spec.handler);
  // "Modifying the runtime environment", wrapper scripts: run with the runtime as its arguments.
  std::string wrapper = environment.get("AWS_LAMBDA_EXEC_WRAPPER");
  if (!wrapper.empty()) {
    program.argv.insert(program.argv.begin(),
                        {"/bin/sh", "-c", "exec \"$0\" \"$@\"", on_this_machine(wrapper, places)});
  }
  program.environment = environment.list();
  program.directory = places.task_root;
  program.data_bytes_max = (static_cast<uint64_t>(spec.memory_mb) << 20) + data_bytes_over;
  return program;
}

std::string_view python_bootstrap() {
  return {mainstay_python_bootstrap_begin,
          static_cast<size_t>(mainstay_python_bootstrap_end - mainstay_python_bootstrap_begin)};
}

std::string_view node_bootstrap() {
  return {mainstay_node_bootstrap_begin,
          static_cast<size_t>(mainstay_node_bootstrap_end - mainstay_node_bootstrap_begin)};
}

}  // namespace mainstay::backings
