#include "journal/journal.hh"

#include <algorithm>

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::journal {
namespace {

constexpr size_t sum_digits = 16;
constexpr size_t tail_bytes = 64 * 1024;  // more than a line can have
constexpr std::string_view prefix = "runs-", suffix = ".journal";

std::string sum_of(std::string_view before, std::string_view json) {
  return hex_encode(sha256(std::string(before) + std::string(json))).substr(0, sum_digits);
}

// The digits that the next line's cover: whatever this line, torn or whole, begins with.
std::string sum_at(std::string_view line) {
  return std::string(line.substr(0, sum_digits));
}

std::string last_sum(std::string_view tail) {
  while (tail.ends_with('\n')) tail.remove_suffix(1);
  size_t begin = tail.rfind('\n');
  return sum_at(begin == std::string_view::npos ? tail : tail.substr(begin + 1));
}

std::string line_of(const std::string& before, const std::string& json) {
  return sum_of(before, json) + " " + json + "\n";
}

// A torn line is ended, so that it alone is lost.
std::string after(const FileTail& tail, const std::string& before, const std::string& json) {
  bool torn = !tail.text.empty() && !tail.text.ends_with('\n');
  return (torn ? "\n" : "") + line_of(tail.size == 0 ? before : last_sum(tail.text), json);
}

// One file's lines, as they follow each other.
class SegmentReader {
 public:
  SegmentReader(Contents& contents, std::string name, std::optional<std::string> before)
      : contents_(contents), name_(std::move(name)), before_(std::move(before)) {}

  std::optional<std::string> read(std::string_view text) {
    size_t number = 0;
    for (std::string_view rest = text; !rest.empty();) {
      size_t end = std::min(rest.find('\n'), rest.size());
      ++number;
      if (end > 0) read_line(rest.substr(0, end), number);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return before_;
  }

 private:
  void read_line(std::string_view line, size_t number) {
    std::string_view json = line.substr(std::min(line.size(), sum_digits + 1));
    bool follows = !before_ || sum_of(*before_, json) == sum_at(line);
    before_ = sum_at(line);
    if (!follows) return damaged(number, "it or the line before was changed, cut or taken out");
    auto v = parse_json(json);
    auto entry = v ? entry_of(*v) : Result<Entry>(v.error());
    if (!entry) return damaged(number, entry.error().message);
    contents_.entries.push_back(std::move(*entry));
  }

  void damaged(size_t number, const std::string& why) {
    contents_.damaged.push_back(name_ + ":" + std::to_string(number) + ": " + why);
  }

  Contents& contents_;
  std::string name_;
  std::optional<std::string> before_;  // nothing: the line before is no longer kept
};

}  // namespace

std::string Journal::path_of(size_t number) const {
  std::string digits = std::to_string(number);
  constexpr size_t width = 6;
  digits.insert(0, width - std::min(width, digits.size()), '0');
  return join_path(folder_, std::string(prefix) + digits + std::string(suffix));
}

Result<std::vector<size_t>> Journal::segments() const {
  std::vector<size_t> numbers;
  auto names = files_.list(folder_);
  if (!names && names.error().code == "FileNotFound") return numbers;
  if (!names) return names.error();
  for (std::string_view name : *names) {
    if (!name.starts_with(prefix) || !name.ends_with(suffix)) continue;
    auto number =
        parse_int(name.substr(prefix.size(), name.size() - prefix.size() - suffix.size()));
    if (number && *number > 0) numbers.push_back(static_cast<size_t>(*number));
  }
  std::ranges::sort(numbers);
  return numbers;
}

Status Journal::append(const Entry& entry, bool synced) {
  const std::string json = to_json(entry_value(entry));
  TRY(std::vector<size_t> numbers, segments());
  const size_t newest = numbers.empty() ? 1 : numbers.back();
  size_t number = newest;
  std::optional<std::string> before;  // the last digits of the file before, where they are known
  if (number == 1) before = "";
  for (bool written = false; !written;) {
    std::string end;
    bool full = false, unknown = false;
    // All is seen under the file's lock, so nothing is appended to one that is full.
    auto next = [&](const FileTail& tail) {
      end = last_sum(tail.text);
      full = tail.size >= segment_bytes_;
      unknown = tail.size == 0 && !before;  // another run has just made it
      written = !full && !unknown;
      return written ? after(tail, before.value_or(""), json) : std::string();
    };
    CHECK_OK(files_.append(path_of(number), tail_bytes, next, synced));
    if (full) {
      before = end;
      ++number;
    } else if (unknown) {
      TRY(before, end_of(number - 1));
    }
  }
  return number > newest ? drop_oldest() : Status();
}

Result<std::string> Journal::end_of(size_t number) {
  std::string end;
  auto look = [&](const FileTail& tail) {
    end = last_sum(tail.text);
    return std::string();
  };
  CHECK_OK(files_.append(path_of(number), tail_bytes, look, false));
  return end;
}

Status Journal::drop_oldest() {
  TRY(std::vector<size_t> numbers, segments());
  for (size_t i = 0; i + segments_max < numbers.size(); ++i)
    CHECK_OK(files_.remove(path_of(numbers[i])));
  return {};
}

Result<Contents> Journal::read() const {
  Contents contents;
  TRY(std::vector<size_t> numbers, segments());
  std::optional<std::string> before;
  if (!numbers.empty() && numbers.front() == 1) before = "";
  size_t expected = numbers.empty() ? 1 : numbers.front();
  for (size_t number : numbers) {
    std::string path = path_of(number);
    if (number != expected) contents.damaged.push_back(path_of(expected) + ": it is missing");
    expected = number + 1;
    // A run may be about to add its last lines to a file that is nearly full.
    TRY(std::string text, files_.read(path, 2 * segment_bytes_ + tail_bytes));
    before = SegmentReader(contents, path, std::move(before)).read(text);
  }
  return contents;
}

std::optional<std::string> journal_folder(const Environment& environment) {
  if (std::string given = environment.text("MAINSTAY_JOURNAL"); !given.empty()) return given;
  std::string base = environment.text("XDG_STATE_HOME");
  if (!base.starts_with('/')) {
    std::string home = environment.text("HOME");
    if (!home.starts_with('/')) return std::nullopt;
    base = join_path(home, ".local/state");
  }
  return join_path(base, "mainstay/runs");
}

}  // namespace mainstay::journal
