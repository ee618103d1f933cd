// What lookups give. A table of handlers by name; what each needs from outside is in
// LookupContext. docs/stacks.md describes them to users.
//
// Threads: resolve may be called by many at once, as far as the context's functions allow it.
#pragma once

#include <functional>
#include <string>

#include "base/error.hh"
#include "base/secrets.hh"
#include "base/value.hh"
#include "cfn/document.hh"
#include "host/files.hh"
#include "host/surroundings.hh"

namespace mainstay::stacks {

struct LookupContext {
  const Environment* process = nullptr;
  const Files* files = nullptr;
  const Map* environment = nullptr;  // of the environment file
  std::string directory;             // of the configuration; file:// is relative to it
  // An output of a stack of this configuration, by the name it has there.
  std::function<Result<std::string>(const std::string& stack, const std::string& output)> output;
  // An output of any stack, by its full name.
  std::function<Result<std::string>(const std::string& full_name, const std::string& output)> xref;
  std::function<std::string(const std::string& name)> full_name;
  // A call to AWS; region "" for the stack's own.
  std::function<Result<Value>(std::string_view service, std::string_view operation,
                              const Value& input, const std::string& region)>
      call;
  const Map* custom = nullptr;  // lookups of the configuration's own: their paths by name
  // What a hook has given.
  std::function<Result<Value>(const std::string& data_key, const std::string& field)> hook_data;
  std::function<std::string(size_t bytes)> random;
  bool offline = false;  // what only AWS knows is "<...: not known yet>"
  // Runs one of the custom ones.
  std::function<Result<Value>(const std::string& path, const std::string& data)> program;
  Secrets* secrets = nullptr;  // told of values that must not be shown; may be null
};

// v with every lookup in its texts replaced by what it gives; a lookup that is not text must stand
// alone. Errors: "LookupInvalid", "LookupFailed", "NotSupported", with the place in the document.
Result<Value> resolve_lookups(const Value& v, const LookupContext& context,
                              const cfn::Document& document, const cfn::Path& path);

// Whether every lookup in v's texts is one that there is, in the right form, without looking
// anything up. Errors: as above.
Status check_lookups(const Value& v, const Map& custom, const cfn::Document& document,
                     const cfn::Path& path);

}  // namespace mainstay::stacks
