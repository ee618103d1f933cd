// What is known about each error code: read from docs/errors.md, which the program carries. The
// page also decides the exit code, so that it can't say something else than what happens.
//
// Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "base/value.hh"
#include "cli/screen/screen.hh"

namespace mainstay::cli {

struct ErrorPage {
  std::string code, meaning;
  int exit_code = 0;
  std::vector<std::string> causes, actions;
};

// In the order of the page, which is that of bytes.
const std::vector<ErrorPage>& error_pages();
// nullptr where there is none.
const ErrorPage* error_page(std::string_view code);
// Error "UsageInvalid" with the nearest code; letter case doesn't matter.
Result<const ErrorPage*> find_error_page(std::string_view code);

// Of a text in the form of docs/errors.md.
std::vector<ErrorPage> parse_error_pages(std::string_view text);

std::string page_text(const ErrorPage& page, const Style& style);
Value page_value(const ErrorPage& page);

}  // namespace mainstay::cli
