#include "cli/screen/exit_codes.hh"

#include <algorithm>

#include "cli/screen/error_pages.hh"

namespace mainstay::cli {
namespace {

constexpr Exit gravest_first[] = {Exit::interrupted, Exit::rollback_failed, Exit::failed,
                                  Exit::credentials, Exit::approval,        Exit::locked,
                                  Exit::timeout,     Exit::usage,           Exit::internal};

}  // namespace

Exit exit_of(const Error& error) {
  // What no page is about is AWS refusing something.
  const ErrorPage* page = error_page(error.code);
  return page ? static_cast<Exit>(page->exit_code) : Exit::failed;
}

Exit exit_of(const std::vector<Error>& errors) {
  for (Exit exit : gravest_first)
    if (std::ranges::any_of(errors, [&](const Error& e) { return exit_of(e) == exit; }))
      return exit;
  return Exit::ok;
}

}  // namespace mainstay::cli
