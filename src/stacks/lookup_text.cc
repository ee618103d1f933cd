#include "stacks/lookup_text.hh"

#include "base/text.hh"

namespace mainstay::stacks {
namespace {

constexpr int levels_max = 16;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

class LookupParser {
 public:
  explicit LookupParser(std::string_view text) : text_(text) {}

  // Up to the end of the text, or inside a lookup up to its brace.
  Result<std::vector<LookupPiece>> pieces(int level) {
    if (level > levels_max) return invalid("lookups are nested too deeply");
    std::vector<LookupPiece> found;
    std::string literal;
    auto end_literal = [&] {
      if (!literal.empty()) found.push_back({false, std::exchange(literal, ""), {}});
    };
    while (at_ < text_.size()) {
      if (level > 0 && text_[at_] == '}') break;
      if (!text_.substr(at_).starts_with("${")) {
        literal += text_[at_++];
        continue;
      }
      end_literal();
      at_ += 2;
      TRY(LookupPiece piece, lookup(level));
      found.push_back(std::move(piece));
    }
    end_literal();
    return found;
  }

 private:
  Error invalid(const std::string& why) const {
    return Error("LookupInvalid", why + " in \"" + printable(text_) + "\"")
        .with_hint("lookups are written ${name value}, as in ${output vpc::VpcId}");
  }

  Result<LookupPiece> lookup(int level) {
    LookupPiece piece{true, "", {}};
    while (at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != '}' && text_[at_] != '$')
      piece.text += text_[at_++];
    if (piece.text.empty()) return invalid("a lookup has no name");
    if (at_ == text_.size()) return invalid("a lookup is not closed by }");
    if (!is_space(text_[at_])) return invalid("the lookup " + piece.text + " is of nothing");
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    TRY(piece.inside, pieces(level + 1));
    if (at_ == text_.size()) return invalid("a lookup is not closed by }");
    ++at_;
    return piece;
  }

  std::string_view text_;
  size_t at_ = 0;
};

void add_dependencies(const std::vector<LookupPiece>& pieces, std::set<std::string>& names) {
  for (const LookupPiece& piece : pieces) {
    if (!piece.is_lookup) continue;
    add_dependencies(piece.inside, names);
    if (piece.text != "output" || piece.inside.empty() || piece.inside[0].is_lookup) continue;
    size_t colons = piece.inside[0].text.find("::");
    if (colons != std::string::npos) names.insert(piece.inside[0].text.substr(0, colons));
  }
}

Status add_dependencies(const Value& v, std::set<std::string>& names) {
  if (v.is_string() && v.as_string().contains("${")) {
    TRY(auto pieces, parse_lookups(v.as_string()));
    add_dependencies(pieces, names);
  }
  for (const Value& item : v.items()) CHECK_OK(add_dependencies(item, names));
  for (const auto& [key, part] : v.members()) CHECK_OK(add_dependencies(part, names));
  return {};
}

}  // namespace

Result<std::vector<LookupPiece>> parse_lookups(std::string_view text) {
  return LookupParser(text).pieces(0);
}

Result<std::set<std::string>> output_dependencies(const Value& v) {
  std::set<std::string> names;
  CHECK_OK(add_dependencies(v, names));
  return names;
}

}  // namespace mainstay::stacks
