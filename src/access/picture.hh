// A matrix for people who would rather look: rows by columns of coloured cells, as SVG or as an
// HTML table. Every cell also says in words what its colour says; no script; all text escaped.
// Limits: cells_max cells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"

namespace mainstay::access {

enum class Tone { none, look, change, danger };  // nothing, read, write, remove or escalate

struct PictureCell {
  Tone tone = Tone::none;
  std::string word;   // short, shown in the cell: "yes"
  std::string title;  // the whole of it, shown when pointed at
};

struct Picture {
  static constexpr size_t cells_max = 40'000;
  std::string title;
  std::string about;  // a sentence below the title
  std::vector<std::string> rows, columns;
  std::vector<PictureCell> cells;  // row after row
};

// By the file's name: "x.svg" or "x.html". Errors: "UsageInvalid" for other names and too many
// cells.
Result<std::string> draw(const Picture& picture, std::string_view file_name);

// For text and attributes of XML and HTML. Control characters become "?".
std::string escaped(std::string_view text);

}  // namespace mainstay::access
