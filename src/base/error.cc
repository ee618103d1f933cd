#include "base/error.hh"

namespace mainstay {

std::string Position::to_string() const {
  if (!known()) return file;
  std::string out = file.empty() ? "line " : file + ":";
  out += std::to_string(line);
  if (column > 0) out += (file.empty() ? ", column " : ":") + std::to_string(column);
  return out;
}

std::string Error::to_string() const {
  std::string out;
  if (std::string place = at.to_string(); !place.empty()) out = place + ": ";
  for (auto it = context.rbegin(); it != context.rend(); ++it) out += *it + ": ";
  out += message;
  if (!hint.empty()) out += " (" + hint + ")";
  return out;
}

}  // namespace mainstay
