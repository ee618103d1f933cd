// Any text is a template or an error with a message, never a crash or a hang.
#include <cstdlib>

#include "cfn/template.hh"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto parsed = mainstay::cfn::parse_template_text(text, "fuzz.yaml");
  if (!parsed.has_value() && parsed.error().message.empty()) std::abort();
  return 0;
}
