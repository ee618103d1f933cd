#include "actions/action_data.hh"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/json.hh"
#include "data/archive.hh"

namespace mainstay::actions {

Value action_data(std::string_view entry) {
  auto text = data::read(entry);
  auto value = text.has_value() ? parse_json(*text) : Result<Value>(text.error());
  if (!value.has_value()) {
    std::fprintf(stderr, "IAM's actions: %s\n", value.error().to_string().c_str());
    std::abort();
  }
  return *value;
}

}  // namespace mainstay::actions
