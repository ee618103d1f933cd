#include "access/picture.hh"

#include <algorithm>

namespace mainstay::access {
namespace {

struct ToneRow {
  const char* name;
  const char* fill;
  const char* legend;
};
// Dark text on light fills: a contrast above 7 to 1.
constexpr ToneRow tones[] = {{"none", "#f4f4f4", "nothing"},
                             {"look", "#b7e1b0", "allowed; reads"},
                             {"change", "#ffe08a", "changes"},
                             {"danger", "#ffb3a7", "deletes or escalates"}};

const ToneRow& row_of(Tone tone) {
  return tones[static_cast<size_t>(tone)];
}

constexpr int cell_px = 26, letter_px = 7, margin_px = 16, head_px = 56;

size_t longest(const std::vector<std::string>& texts) {
  size_t out = 0;
  for (const std::string& text : texts) out = std::max(out, text.size());
  return out;
}

std::string attribute(const char* name, int value) {
  return std::string(" ") + name + "=\"" + std::to_string(value) + "\"";
}

std::string text_at(int x, int y, std::string_view text, std::string_view more = "") {
  return "<text" + attribute("x", x) + attribute("y", y) + std::string(more) + ">" + escaped(text) +
         "</text>\n";
}

std::string cell_svg(const PictureCell& cell, int x, int y) {
  std::string out = "<g><title>" + escaped(cell.title) + "</title><rect" + attribute("x", x) +
                    attribute("y", y) + attribute("width", cell_px - 2) +
                    attribute("height", cell_px - 2) + " fill=\"" + row_of(cell.tone).fill + "\"/>";
  if (!cell.word.empty())
    out += text_at(x + cell_px / 2 - 1, y + cell_px / 2 + 3, cell.word.substr(0, 4),
                   " text-anchor=\"middle\" font-size=\"9\"");
  return out + "</g>\n";
}

std::string svg(const Picture& picture) {
  int left = margin_px + static_cast<int>(longest(picture.rows)) * letter_px + 8;
  int top = head_px + static_cast<int>(longest(picture.columns)) * letter_px + 8;
  int columns = static_cast<int>(picture.columns.size());
  int rows = static_cast<int>(picture.rows.size());
  int title_px =
      margin_px * 2 + static_cast<int>(std::max(picture.title.size(), picture.about.size())) * 9;
  int width = std::max(left + columns * cell_px + margin_px, title_px);
  int height = top + rows * cell_px + 2 * margin_px + 8;
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"" +
                    attribute("width", width) + attribute("height", height) + " viewBox=\"0 0 " +
                    std::to_string(width) + " " + std::to_string(height) +
                    "\" font-family=\"monospace\" font-size=\"11\" aria-labelledby=\"t d\">\n" +
                    "<title id=\"t\">" + escaped(picture.title) + "</title>\n<desc id=\"d\">" +
                    escaped(picture.about) +
                    "</desc>\n<rect width=\"100%\" height=\"100%\" "
                    "fill=\"#ffffff\"/>\n";
  out += text_at(margin_px, 24, picture.title, " font-size=\"15\" font-weight=\"bold\"");
  out += text_at(margin_px, 42, picture.about);
  for (int c = 0; c < columns; ++c) {
    int x = left + c * cell_px + cell_px / 2 + 3;
    out += text_at(
        x, top - 6, picture.columns[static_cast<size_t>(c)],
        " transform=\"rotate(-90 " + std::to_string(x) + " " + std::to_string(top - 6) + ")\"");
  }
  for (int r = 0; r < rows; ++r) {
    int y = top + r * cell_px;
    out += text_at(margin_px, y + cell_px / 2 + 3, picture.rows[static_cast<size_t>(r)]);
    for (int c = 0; c < columns; ++c)
      out += cell_svg(picture.cells[static_cast<size_t>(r * columns + c)], left + c * cell_px, y);
  }
  int x = margin_px;
  for (const ToneRow& tone : tones) {
    out += "<rect" + attribute("x", x) + attribute("y", height - 22) +
           " width=\"12\" height=\"12\" fill=\"" + tone.fill + "\" stroke=\"#555555\"/>\n";
    out += text_at(x + 18, height - 12, tone.legend);
    x += 40 + static_cast<int>(std::string_view(tone.legend).size()) * letter_px;
  }
  return out + "</svg>\n";
}

std::string html(const Picture& picture) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
      escaped(picture.title) +
      "</title>\n<style>body{font:14px system-ui,sans-serif;color:#111;background:#fff}"
      "table{border-collapse:collapse}th,td{border:1px solid #999;padding:2px 6px}"
      "th{text-align:left;font:12px monospace;overflow-wrap:anywhere}"
      "thead th{vertical-align:bottom;max-width:12em}tbody th{white-space:nowrap}";
  for (const ToneRow& tone : tones)
    out += std::string(".") + tone.name + "{background:" + tone.fill + "}";
  out += "</style></head>\n<body><h1>" + escaped(picture.title) + "</h1>\n<p>" +
         escaped(picture.about) + "</p>\n<table><caption>Colours:";
  for (const ToneRow& tone : tones)
    out += std::string(" <span class=\"") + tone.name + "\">" + tone.legend + "</span>";
  out += "</caption>\n<thead><tr><td></td>";
  for (const std::string& column : picture.columns)
    out += "<th scope=\"col\">" + escaped(column) + "</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (size_t r = 0; r < picture.rows.size(); ++r) {
    out += "<tr><th scope=\"row\">" + escaped(picture.rows[r]) + "</th>";
    for (size_t c = 0; c < picture.columns.size(); ++c) {
      const PictureCell& cell = picture.cells[r * picture.columns.size() + c];
      out += std::string("<td class=\"") + row_of(cell.tone).name + "\" title=\"" +
             escaped(cell.title) + "\">" + escaped(cell.word) + "</td>";
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></body></html>\n";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += static_cast<unsigned char>(c) < ' ' || c == 127 ? '?' : c;
    }
  }
  return out;
}

Result<std::string> draw(const Picture& picture, std::string_view file_name) {
  if (picture.cells.size() > Picture::cells_max)
    return Error("UsageInvalid",
                 "a picture of " + std::to_string(picture.cells.size()) + " cells is too large")
        .with_hint("name fewer resources, or fewer accounts with --account");
  if (file_name.ends_with(".svg")) return svg(picture);
  if (file_name.ends_with(".html")) return html(picture);
  return Error("UsageInvalid", "--matrix " + std::string(file_name) + " is neither .svg nor .html");
}

}  // namespace mainstay::access
