#include "policy/glob.hh"

#include <array>
#include <cctype>
#include <cstdint>
#include <cstring>

namespace mainstay::policy {
namespace {

using Piece = Glob::Piece;

bool fits_at(const Piece& piece, std::string_view text, size_t at) {
  if (at + piece.text.size() > text.size()) return false;
  if (piece.wild.empty())
    return std::memcmp(piece.text.data(), text.data() + at, piece.text.size()) == 0;
  for (size_t i = 0; i < piece.text.size(); ++i)
    if (!piece.wild[i] && piece.text[i] != text[at + i]) return false;
  return true;
}

// Shift-And over machine words: each byte of the text moves all begun matches on by one, so the
// time is text times (piece / 64), whatever the two hold.
size_t find_wild_long(const Piece& piece, std::string_view text, size_t from) {
  const size_t length = piece.text.size(), words = (length + 63) / 64;
  std::vector<uint64_t> any(words), state(words);
  std::array<std::vector<uint64_t>, 256> accepts;
  for (size_t i = 0; i < length; ++i) {
    if (piece.wild[i]) {
      any[i / 64] |= 1ull << (i % 64);
      continue;
    }
    auto& mask = accepts[static_cast<uint8_t>(piece.text[i])];
    if (mask.empty()) mask.resize(words);
    mask[i / 64] |= 1ull << (i % 64);
  }
  for (size_t at = from; at < text.size(); ++at) {
    const auto& mask = accepts[static_cast<uint8_t>(text[at])];
    uint64_t carry = 1;
    for (size_t w = 0; w < words; ++w) {
      uint64_t out = state[w] >> 63;
      state[w] = ((state[w] << 1) | carry) & (any[w] | (mask.empty() ? 0 : mask[w]));
      carry = out;
    }
    if (state[(length - 1) / 64] >> ((length - 1) % 64) & 1) return at + 1 - length;
  }
  return std::string_view::npos;
}

// The leftmost place of the piece in the text, not before `from`.
size_t find_piece(const Piece& piece, std::string_view text, size_t from) {
  const size_t length = piece.text.size();
  if (from + length > text.size()) return std::string_view::npos;
  if (piece.wild.empty()) {
    const void* found = memmem(text.data() + from, text.size() - from, piece.text.data(), length);
    return found ? static_cast<size_t>(static_cast<const char*>(found) - text.data())
                 : std::string_view::npos;
  }
  constexpr size_t short_piece = 16;  // below this, comparing at each place is quicker
  if (length > short_piece) return find_wild_long(piece, text, from);
  for (size_t at = from; at + length <= text.size(); ++at)
    if (fits_at(piece, text, at)) return at;
  return std::string_view::npos;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

void append_text(Piece& piece, std::string_view text) {
  piece.text.append(text);
  if (!piece.wild.empty()) piece.wild.resize(piece.text.size());
}

void append_wild(Piece& piece) {
  piece.wild.resize(piece.text.size());
  piece.text.push_back('?');
  piece.wild.push_back(true);
}

}  // namespace

void Glob::append_literal(std::string_view text) {
  append_text(pieces_.back(), text);
}

void Glob::append_pattern(std::string_view pattern) {
  while (!pattern.empty()) {
    size_t special = pattern.find_first_of("*?");
    append_text(pieces_.back(), pattern.substr(0, special));
    if (special == std::string_view::npos) return;
    if (pattern[special] == '?')
      append_wild(pieces_.back());
    else if (pieces_.size() < 2 || !pieces_.back().text.empty())
      pieces_.emplace_back();  // a run of stars is one
    pattern.remove_prefix(special + 1);
  }
}

void Glob::fold_case() {
  for (Piece& piece : pieces_)
    for (char& c : piece.text) c = lower(c);
}

bool Glob::matches_everything() const {
  return pieces_.size() == 2 && pieces_[0].text.empty() && pieces_[1].text.empty();
}

bool Glob::matches(std::string_view text) const {
  const Piece& first = pieces_.front();
  if (pieces_.size() == 1) return text.size() == first.text.size() && fits_at(first, text, 0);
  const Piece& last = pieces_.back();
  if (text.size() < first.text.size() + last.text.size()) return false;
  if (!fits_at(first, text, 0) || !fits_at(last, text, text.size() - last.text.size()))
    return false;
  std::string_view middle = text.substr(0, text.size() - last.text.size());
  size_t at = first.text.size();
  for (size_t i = 1; i + 1 < pieces_.size(); ++i) {
    size_t found = find_piece(pieces_[i], middle, at);
    if (found == std::string_view::npos) return false;
    at = found + pieces_[i].text.size();
  }
  return true;
}

std::string Glob::to_string() const {
  std::string out;
  for (size_t p = 0; p < pieces_.size(); ++p) {
    if (p > 0) out += '*';
    const Piece& piece = pieces_[p];
    for (size_t i = 0; i < piece.text.size(); ++i) {
      bool wild = !piece.wild.empty() && piece.wild[i];
      bool escape = !wild && (piece.text[i] == '*' || piece.text[i] == '?');
      out += escape ? std::string("${") + piece.text[i] + "}" : std::string(1, piece.text[i]);
    }
  }
  return out;
}

ArnGlob::ArnGlob(const Glob& pattern) {
  segments_.emplace_back();
  const auto& pieces = pattern.pieces();
  for (size_t p = 0; p < pieces.size(); ++p) {
    if (p > 0) segments_.back().append_pattern("*");
    for (size_t i = 0; i < pieces[p].text.size(); ++i) {
      bool wild = !pieces[p].wild.empty() && pieces[p].wild[i];
      char c = pieces[p].text[i];
      if (c == ':' && !wild && segments_.size() < 6)
        segments_.emplace_back();
      else if (wild)
        segments_.back().append_pattern("?");
      else
        segments_.back().append_literal(std::string_view(&c, 1));
    }
  }
}

bool ArnGlob::matches(std::string_view arn) const {
  if (segments_.size() != 6) return false;
  for (size_t i = 0; i < 5; ++i) {
    size_t colon = arn.find(':');
    if (colon == std::string_view::npos || !segments_[i].matches(arn.substr(0, colon)))
      return false;
    arn.remove_prefix(colon + 1);
  }
  return segments_[5].matches(arn);
}

}  // namespace mainstay::policy
