// The manual page, made from the tree of commands. Source of the form: man-pages(7), groff_man(7).
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace mainstay::cli {

std::string manual_page(CLI::App& app);

}  // namespace mainstay::cli
