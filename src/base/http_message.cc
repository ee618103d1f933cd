#include "base/http_message.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay {

const std::string* Headers::find(std::string_view name) const {
  for (const Field& f : fields_)
    if (equals_ignoring_case(f.first, name)) return &f.second;
  return nullptr;
}

std::string_view Headers::get(std::string_view name) const {
  const std::string* value = find(name);
  return value ? std::string_view(*value) : std::string_view();
}

void Headers::erase(std::string_view name) {
  std::erase_if(fields_, [&](const Field& f) { return equals_ignoring_case(f.first, name); });
}

void Headers::set(std::string_view name, std::string value) {
  erase(name);
  add(name, std::move(value));
}

}  // namespace mainstay
