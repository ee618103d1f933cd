#include "zip/zip.hh"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.hh"

using namespace mainstay;

namespace {

class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mainstay-zip-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Scratch() { std::filesystem::remove_all(path); }
  std::string path;
};

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Where an entry's name stands, in its own header and in the directory, it becomes another of the
// same length.
std::string renamed(std::string zip, std::string_view from, std::string_view to) {
  REQUIRE(from.size() == to.size());
  return replace_all(zip, from, to);
}

constexpr ZipLimits roomy{1 << 20};

}  // namespace

TEST_CASE("what was made is unpacked, and made the same again") {
  std::vector<std::pair<std::string, std::string>> files = {
      {"index.py", "print(1)\n"}, {"deep/er/file", std::string(200'000, 'x')}, {"empty", ""}};
  auto zip = make_zip(files);
  REQUIRE(zip);
  CHECK(*zip == *make_zip(files));
  CHECK(*check_zip(*zip, roomy) == 200'009);
  Scratch scratch;
  REQUIRE(unzip(*zip, scratch.path, roomy));
  for (const auto& [name, text] : files) CHECK(read_file(scratch.path + "/" + name) == text);
}

TEST_CASE("permissions and links are kept") {
  // Made by zip(1): run.sh (0755), link -> run.sh, "out" -> ../x is refused below.
  Scratch scratch;
  auto zip = make_zip({{"run.sh", "#!/bin/sh\n"}, {"link", "run.sh"}});
  REQUIRE(zip);
  // The mode of each entry in the directory: the upper half of the external attributes, which stand
  // 38 bytes into its header (APPNOTE.TXT 4.3.12).
  size_t first = zip->find("PK\x01\x02"), second = zip->find("PK\x01\x02", first + 1);
  auto set_mode = [&](size_t header, unsigned mode) {
    (*zip)[header + 40] = static_cast<char>(mode & 0xff);
    (*zip)[header + 41] = static_cast<char>(mode >> 8);
  };
  set_mode(first, S_IFREG | 0755);
  set_mode(second, S_IFLNK | 0777);
  REQUIRE(unzip(*zip, scratch.path, roomy));
  CHECK(std::filesystem::read_symlink(scratch.path + "/link") == "run.sh");
  CHECK(::access((scratch.path + "/link").c_str(), X_OK) == 0);

  Scratch other;
  auto outward = make_zip({{"run.sh", "x"}, {"link", "../../"}});
  size_t at = outward->find("PK\x01\x02", outward->find("PK\x01\x02") + 1);
  (*outward)[at + 40] = static_cast<char>((S_IFLNK | 0777) & 0xff);
  (*outward)[at + 41] = static_cast<char>((S_IFLNK | 0777) >> 8);
  CHECK(unzip(*outward, other.path, roomy).error().message ==
        "link: the link leads out of the folder");
}

TEST_CASE("what leads out of the folder is refused before anything is written") {
  for (std::string_view name : {"../../../e", "/tmp/xxxx/", "a/../../b/"}) {
    Scratch scratch;
    std::string placeholder(name.size(), 'n');
    auto zip = make_zip({{"first", "1"}, {placeholder, "2"}});
    REQUIRE(zip);
    auto refused = unzip(renamed(*zip, placeholder, name), scratch.path, roomy);
    CHECK(refused.error().code == "ZipInvalid");
    CHECK(refused.error().message.contains("leads out of the folder"));
    CHECK(std::filesystem::is_empty(scratch.path));
  }
}

TEST_CASE("limits, damage and what is no ZIP file") {
  auto zip = make_zip({{"a", std::string(1000, 'a')}, {"b", "b"}});
  REQUIRE(zip);
  CHECK(check_zip(*zip, {1000}).error().code == "ZipTooLarge");
  CHECK(check_zip(*zip, {1001}));
  CHECK(check_zip(*zip, {1001, 1}).error().code == "ZipTooLarge");
  CHECK(check_zip("no zip", roomy).error().code == "ZipInvalid");
  CHECK(check_zip("", roomy).error().code == "ZipInvalid");
  std::string stored = *make_zip({{"c", "some text that is stored"}});
  Scratch scratch;
  // Damage anywhere is an error or harmless, never a crash.
  for (size_t i = 0; i < stored.size(); ++i) {
    std::string damaged = stored;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    (void)unzip(damaged, scratch.path, roomy);
    (void)check_zip(stored.substr(0, i), roomy);
  }
}
