#include "dns/master_file.hh"

#include <algorithm>

#include "base/text.hh"
#include "dns/master_tokens.hh"
#include "dns/name.hh"
#include "dns/record_data.hh"
#include "host/files.hh"

namespace mainstay::dns {
namespace {

constexpr int64_t generate_max = 65'536;  // records of one $GENERATE

class MasterReader {
 public:
  MasterReader(std::string zone, const ReadFile& read) : zone_(std::move(zone)), read_(read) {}

  Status file(const std::string& path, const std::string& origin, int depth) {
    TRY(std::string text, read_(path));
    TRY(std::vector<MasterLine> lines, master_lines(text, path));
    // RFC 1035, 5.1: an included file does not change the origin of the one around it; BIND keeps
    // the owner, too.
    std::string outer_origin = std::exchange(origin_, origin), outer_owner = owner_;
    for (const MasterLine& line : lines) {
      const std::string& first = line.words[0].text;
      if (!line.begins_blank && first.starts_with('$'))
        CHECK_OK(directive(line.words, depth));
      else
        CHECK_OK(record(line));
    }
    origin_ = outer_origin;
    if (depth > 0) owner_ = outer_owner;
    return {};
  }
  std::vector<MasterRecord> done() && { return std::move(records_); }

 private:
  Result<std::string> name(const MasterWord& word) const {
    std::string whole = word.text == "@"      ? origin_
                        : is_whole(word.text) ? word.text
                                              : word.text + "." + origin_;
    // origin_ has octal escapes, the word decimal ones: each is read by itself.
    auto head = normal_name(word.text == "@" ? zone_ : word.text, Escapes::decimal);
    if (!head) return zone_error("\"" + word.text + "\" is no domain name").where(word.at);
    if (word.text == "@") return origin_;
    auto normal = is_whole(word.text) ? head : normal_name(*head + origin_);
    if (!normal)
      return zone_error("\"" + whole + "\" is too long for a domain name").where(word.at);
    return *normal;
  }

  Status directive(const std::vector<MasterWord>& words, int depth) {
    std::string what = to_upper(words[0].text);
    const auto wants = [&](size_t least, size_t most) -> Status {
      if (words.size() - 1 >= least && words.size() - 1 <= most) return {};
      return zone_error(what + " has too few words, or too many").where(words[0].at);
    };
    if (what == "$ORIGIN") {
      CHECK_OK(wants(1, 1));
      TRY(origin_, name(words[1]));
      return {};
    }
    if (what == "$TTL") {
      CHECK_OK(wants(1, 1));
      default_ttl_ = parse_ttl(words[1].text);
      if (default_ttl_) return {};
      return zone_error("\"" + words[1].text + "\" is no TTL").where(words[1].at);
    }
    if (what == "$INCLUDE") {
      CHECK_OK(wants(1, 2));
      return include(words, depth);
    }
    if (what == "$GENERATE") return generate(words);
    return zone_error("unknown directive " + words[0].text)
        .where(words[0].at)
        .with_hint("known are $ORIGIN, $TTL, $INCLUDE and $GENERATE");
  }

  Status include(const std::vector<MasterWord>& words, int depth) {
    if (depth + 1 == master_depth_max)
      return zone_error("files are included more than 8 deep").where(words[0].at);
    std::string origin = origin_, path = words[1].text;
    if (words.size() > 2) {
      TRY(origin, name(words[2]));
    }
    if (path.size() > 1 && path.starts_with('"')) path = path.substr(1, path.size() - 2);
    const std::string& from = words[0].at.file;
    auto done =
        file(join_path(from.contains('/') ? directory_of(from) : "", path), origin, depth + 1);
    return done ? Status() : Status(std::move(done).error().where(words[1].at));
  }

  // $GENERATE start-stop[/step] owner [TTL] [class] type data
  Status generate(const std::vector<MasterWord>& words) {
    if (words.size() < 5)
      return zone_error("$GENERATE is: start-stop[/step] name [TTL] type data").where(words[0].at);
    std::vector<std::string> range = split(words[1].text, "/");
    std::vector<std::string> ends = split(range[0], "-");
    auto from = parse_int(ends[0]), to = ends.size() == 2 ? parse_int(ends[1]) : std::nullopt;
    auto step = range.size() > 1 ? parse_int(range[1]) : 1;
    if (!from || !to || !step || *from < 0 || *to < *from || *step < 1 || range.size() > 2)
      return zone_error("\"" + words[1].text + "\" is no range start-stop[/step]")
          .where(words[1].at);
    if ((*to - *from) / *step >= generate_max)
      return zone_error("$GENERATE makes more than 65536 records").where(words[1].at);
    for (int64_t number = *from; number <= *to; number += *step) {
      MasterLine line;
      for (size_t i = 2; i < words.size(); ++i) {
        auto text = generated_text(words[i].text, number);
        if (!text) return std::move(text).error().where(words[i].at);
        line.words.push_back({*text, words[i].at});
      }
      CHECK_OK(record(line));
    }
    return {};
  }

  // [owner] [TTL] [class] type data, TTL and class in either order
  Status record(const MasterLine& line) {
    const std::vector<MasterWord>& words = line.words;
    MasterRecord out;
    size_t next = 0;
    if (!line.begins_blank) {
      TRY(owner_, name(words[next]));
      ++next;
    }
    out.at = words[0].at;
    if (owner_.empty()) return zone_error("the first record has no name").where(out.at);
    std::optional<int64_t> ttl;
    for (; next < words.size(); ++next) {
      const std::string& text = words[next].text;
      if (equals_ignoring_case(text, "IN")) continue;
      if (equals_ignoring_case(text, "CH") || equals_ignoring_case(text, "HS"))
        return zone_error("class " + text + ": Route 53 has class IN only").where(words[next].at);
      auto found = ttl ? std::nullopt : parse_ttl(text);
      if (!found) break;
      ttl = found;
    }
    if (next == words.size()) return zone_error("a record has no type").where(out.at);
    out.name = owner_;
    out.type = to_upper(words[next].text);
    Position type_at = words[next].at;
    if (!in_zone(out.name, zone_))
      return zone_error("\"" + shown_name(out.name) + "\" is outside of the zone " +
                        shown_name(zone_))
          .where(out.at);
    std::vector<std::string> data;
    for (++next; next < words.size(); ++next) data.push_back(words[next].text);
    CHECK_OK(take_data(out, join(data, " "), type_at));
    TRY(out.ttl, ttl_of(out, ttl));
    if (records_.size() == master_records_max)
      return zone_error("there are more than 1000000 records").where(out.at);
    records_.push_back(std::move(out));
    return {};
  }

  Status take_data(MasterRecord& out, const std::string& text, const Position& at) const {
    out.data = text;
    if (!is_known_type(out.type)) return {};
    auto normal = normal_data(
        out.type, text,
        {.origin = decimal_name(origin_), .escapes = Escapes::decimal, .strict = false});
    if (!normal) return std::move(normal).error().where(at);
    out.data = *normal;
    return {};
  }

  // RFC 2308, 4: $TTL; before it came, that of the record before (RFC 1035). BIND takes the SOA's
  // minimum for want of anything else.
  Result<int64_t> ttl_of(const MasterRecord& record, std::optional<int64_t> given) {
    if (given) return last_ttl_.emplace(*given);
    if (default_ttl_) return *default_ttl_;
    if (last_ttl_) return *last_ttl_;
    if (record.type == "SOA")
      return last_ttl_.emplace(
          parse_int(record.data.substr(record.data.rfind(' ') + 1)).value_or(0));
    return Error(zone_error("the record has no TTL, and nothing before it says one"))
        .where(record.at)
        .with_hint("$TTL 3600 at the beginning of the file");
  }

  std::string zone_;
  const ReadFile& read_;
  std::string origin_, owner_;
  std::optional<int64_t> default_ttl_, last_ttl_;
  std::vector<MasterRecord> records_;
};

}  // namespace

Result<std::vector<MasterRecord>> parse_master_file(const std::string& file,
                                                    const std::string& zone, const ReadFile& read) {
  MasterReader reader(zone, read);
  CHECK_OK(reader.file(file, zone, 0));
  return std::move(reader).done();
}

}  // namespace mainstay::dns
