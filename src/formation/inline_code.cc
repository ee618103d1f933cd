#include "formation/inline_code.hh"

#include <cstddef>

#include "zip/zip.hh"

extern "C" const char mainstay_cfnresponse_py_begin[], mainstay_cfnresponse_py_end[];
extern "C" const char mainstay_cfn_response_js_begin[], mainstay_cfn_response_js_end[];

// Taken in by the assembler as they are.
__asm__(
    ".section .rodata\n"
    ".global mainstay_cfnresponse_py_begin\n.global mainstay_cfnresponse_py_end\n"
    "mainstay_cfnresponse_py_begin:\n.incbin \"" MAINSTAY_RESPONSES
    "/cfnresponse.py\"\n"
    "mainstay_cfnresponse_py_end:\n.byte 0\n"
    ".global mainstay_cfn_response_js_begin\n.global mainstay_cfn_response_js_end\n"
    "mainstay_cfn_response_js_begin:\n.incbin \"" MAINSTAY_RESPONSES
    "/cfn-response.js\"\n"
    "mainstay_cfn_response_js_end:\n.byte 0\n.previous\n");

namespace mainstay::formation {
namespace {

std::string text_between(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace

Result<std::string> pack_inline_code(std::string_view runtime, const std::string& text) {
  if (runtime.starts_with("nodejs"))
    return make_zip({{"index.js", text},
                     {"node_modules/cfn-response.js",
                      text_between(mainstay_cfn_response_js_begin, mainstay_cfn_response_js_end)}});
  return make_zip({{"index.py", text},
                   {"cfnresponse.py",
                    text_between(mainstay_cfnresponse_py_begin, mainstay_cfnresponse_py_end)}});
}

}  // namespace mainstay::formation
