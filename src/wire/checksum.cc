#include "wire/checksum.hh"

#include <array>

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::wire {
namespace {

constexpr std::string_view prefix = "x-amz-checksum-";

std::string big_endian(uint64_t n, int bytes) {
  std::string out;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(n >> shift & 0xff);
  return out;
}

struct Algorithm {
  std::string_view name;
  std::string (*digest)(std::string_view);
};

constexpr std::array<Algorithm, 6> algorithms = {{
    {"crc32", [](std::string_view d) { return big_endian(crc32(d), 4); }},
    {"crc32c", [](std::string_view d) { return big_endian(crc32c(d), 4); }},
    {"crc64nvme", [](std::string_view d) { return big_endian(crc64nvme(d), 8); }},
    {"sha1", [](std::string_view d) { return sha1(d); }},
    {"sha256", [](std::string_view d) { return sha256(d); }},
    {"md5", [](std::string_view d) { return md5(d); }},
}};

Status check_one(std::string_view algorithm, std::string_view given,
                 const std::optional<std::string>& expected) {
  if (!expected || given == *expected) return {};
  bool is_md5 = algorithm == "md5";
  auto decoded = base64_decode(given);
  if (!decoded || decoded->size() != base64_decode(*expected)->size())
    return is_md5 ? aws_error("InvalidDigest", "The Content-MD5 you specified was invalid.")
                  : aws_error("InvalidRequest", "Value for x-amz-checksum-" +
                                                    std::string(algorithm) + " header is invalid.");
  return aws_error("BadDigest", is_md5 ? "The Content-MD5 you specified did not match what we "
                                         "received."
                                       : "The " + to_upper(algorithm) +
                                             " you specified did not match the calculated "
                                             "checksum.");
}

// expected: of an algorithm's name.
template <class Expected>
Status check_each(const Headers& headers, const Expected& expected) {
  for (const auto& [name, value] : headers) {
    std::string lower = to_lower(name);
    if (lower == "content-md5") CHECK_OK(check_one("md5", value, expected("md5")));
    if (!lower.starts_with(prefix)) continue;
    std::string_view algorithm = std::string_view(lower).substr(prefix.size());
    CHECK_OK(check_one(algorithm, trim(value), expected(algorithm)));
  }
  return {};
}

}  // namespace

std::optional<std::string> checksum(std::string_view algorithm, std::string_view data) {
  for (const Algorithm& a : algorithms)
    if (equals_ignoring_case(a.name, algorithm)) return base64_encode(a.digest(data));
  return std::nullopt;
}

class Checksums::Running {
 public:
  virtual ~Running() = default;
  virtual void update(std::string_view data) = 0;
  virtual std::string finish() = 0;
};

namespace {

template <class Word, Word (*step)(std::string_view, Word)>
struct Crc {
  Word word = 0;
  void update(std::string_view data) { word = step(data, word); }
  std::string finish() const { return big_endian(word, sizeof(Word)); }
};

template <class What, class Base>
struct Of final : Base {
  template <class... Args>
  explicit Of(Args... args) : what(args...) {}
  void update(std::string_view data) override { what.update(data); }
  std::string finish() override { return what.finish(); }
  What what;
};

}  // namespace

Checksums::Checksums(const std::set<std::string>& algorithms) {
  for (const std::string& name : algorithms) {
    std::unique_ptr<Running> made;
    if (name == "md5" || name == "sha1" || name == "sha256")
      made = std::make_unique<Of<Digest, Running>>(name.c_str());
    if (name == "crc32") made = std::make_unique<Of<Crc<uint32_t, crc32>, Running>>();
    if (name == "crc32c") made = std::make_unique<Of<Crc<uint32_t, crc32c>, Running>>();
    if (name == "crc64nvme") made = std::make_unique<Of<Crc<uint64_t, crc64nvme>, Running>>();
    if (made) running_.emplace(name, std::move(made));
  }
}

Checksums::~Checksums() = default;

void Checksums::update(std::string_view data) {
  for (auto& [name, one] : running_) one->update(data);
}

void Checksums::finish() {
  for (auto& [name, one] : running_) finished_.emplace(name, base64_encode(one->finish()));
  running_.clear();
}

std::optional<std::string> Checksums::find(std::string_view algorithm) const {
  auto it = finished_.find(to_lower(algorithm));
  return it == finished_.end() ? std::nullopt : std::optional(it->second);
}

std::set<std::string> checksums_of(const Headers& headers) {
  std::set<std::string> names;
  auto add = [&](std::string_view header) {
    std::string lower = to_lower(trim(header));
    if (lower.starts_with(prefix)) names.insert(lower.substr(prefix.size()));
  };
  for (const auto& [name, value] : headers) add(name);
  for (const std::string& item : split(headers.get("x-amz-trailer"), ",")) add(item);
  if (auto asked = headers.get("x-amz-sdk-checksum-algorithm"); !asked.empty())
    names.insert(to_lower(asked));
  if (names.empty()) names.insert("crc64nvme");
  names.insert("md5");
  return names;
}

Status check_checksums(const Headers& headers, std::string_view body) {
  return check_each(headers, [&](std::string_view name) { return checksum(name, body); });
}

Status check_checksums(const Headers& headers, const Checksums& of_body) {
  return check_each(headers, [&](std::string_view name) { return of_body.find(name); });
}

}  // namespace mainstay::wire
