#include <doctest/doctest.h>

#include "host/files.hh"
#include "stacks/file_patterns.hh"
#include "stacks/zip_writer.hh"

using namespace mainstay;
using namespace mainstay::stacks;

TEST_CASE("patterns as formic and Ant have them") {
  CHECK(matches_pattern("*.py", "a.py"));
  CHECK(matches_pattern("*.py", "deep/er/a.py"));
  CHECK_FALSE(matches_pattern("/*.py", "deep/a.py"));
  CHECK(matches_pattern("/*.py", "a.py"));
  CHECK(matches_pattern("test/", "test/a"));
  CHECK(matches_pattern("test/", "x/test/y/a"));
  CHECK_FALSE(matches_pattern("test/", "tests/a"));
  CHECK(matches_pattern("**", "a/b/c"));
  CHECK(matches_pattern("a/**/c", "a/c"));
  CHECK(matches_pattern("a/**/c", "a/x/y/c"));
  CHECK_FALSE(matches_pattern("a?c", "a/c"));
}

TEST_CASE("files of a folder, without what tools leave lying about") {
  SimulatedFiles files({{"f/a.py", ""},
                        {"f/b.txt", ""},
                        {"f/in/c.py", ""},
                        {"f/in/__pycache__/c.pyc", ""},
                        {"f/.git/HEAD", ""},
                        {"f/test/d.py", ""}});
  auto found = find_files(files, "f", {"*.py", "*.txt"}, {"test/"}, false);
  REQUIRE(found);
  std::vector<std::string> paths;
  for (const FoundFile& file : *found) paths.push_back(file.path);
  CHECK(paths == std::vector<std::string>{"a.py", "b.txt", "in/c.py"});
  CHECK(find_files(files, "nowhere", {"**"}, {}, false).error().code == "FileNotFound");
}

TEST_CASE("the same files give the same archive") {
  std::vector<ZipEntry> entries{{"a.py", "print(1)\n", false},
                                {"run", std::string(5000, 'x'), true}};
  std::string once = make_zip(entries).value();
  CHECK(once == make_zip(entries).value());
  CHECK(once.starts_with("PK\x03\x04"));
  CHECK(once.size() < 500);  // deflated
}
