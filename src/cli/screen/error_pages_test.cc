#include "cli/screen/error_pages.hh"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/text.hh"
#include "cli/screen/carried_texts.hh"
#include "cli/screen/exit_codes.hh"
#include "host/files.hh"

using namespace mainstay;
using namespace mainstay::cli;

namespace {

// What workflows are made of; the cloud's codes are AWS's.
constexpr const char* rooms[] = {"aws",  "stacks", "blueprints", "cfn",       "access",
                                 "cli",  "policy", "host",       "graph",     "http",
                                 "data", "apps",   "dns",        "databases", "chaos"};

bool is_code(std::string_view text) {
  return !text.empty() && text[0] >= 'A' && text[0] <= 'Z' &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalpha(c) != 0; });
}

// The first argument of "Error(" and "Error name(", wherever they stand.
std::vector<std::string> first_arguments(const std::string& source) {
  std::vector<std::string> found;
  for (size_t at = source.find("Error"); at != std::string::npos;
       at = source.find("Error", at + 1)) {
    size_t open = at + 5;
    if (open < source.size() && source[open] == ' ')
      open = source.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", open + 1);
    if (open >= source.size() || source[open] != '(') continue;
    size_t end = open + 1;
    for (bool quoted = false; end < source.size(); ++end) {
      quoted ^= source[end] == '"';
      if (!quoted && (source[end] == ',' || source[end] == ';' || source[end] == ')')) break;
    }
    found.push_back(source.substr(open + 1, end - open - 1));
  }
  return found;
}

std::set<std::string> codes_in(const std::string& source) {
  std::set<std::string> codes;
  for (const std::string& argument : first_arguments(source)) {
    std::vector<std::string> parts = split(argument, "\"");
    for (size_t i = 1; i < parts.size(); i += 2)
      if (is_code(parts[i])) codes.insert(parts[i]);
  }
  return codes;
}

std::set<std::string> codes_of_the_sources() {
  std::set<std::string> codes;
  for (const char* room : rooms)
    for (const auto& file : std::filesystem::recursive_directory_iterator(MAINSTAY_SOURCE "/src/" +
                                                                          std::string(room))) {
      std::string name = file.path().filename().string();
      if (name.contains("_test.cc") || name.contains("fake_") || name.contains("test_support"))
        continue;
      if (!name.ends_with(".cc") && !name.ends_with(".hh")) continue;
      auto text = RealFiles().read(file.path().string(), 1 << 20);
      REQUIRE(text);
      codes.merge(codes_in(*text));
    }
  return codes;
}

}  // namespace

TEST_CASE("the scanner of the test below sees every form of an error") {
  CHECK(codes_in("return Error(\"AbcDef\", x)") == std::set<std::string>{"AbcDef"});
  CHECK(codes_in("Error error(\"Abc\",\n \"Text\")") == std::set<std::string>{"Abc"});
  CHECK(codes_in("Error(a ? \"One\" : \"Two\", \"Three\")") == std::set<std::string>{"One", "Two"});
  CHECK(codes_in("Error(\n    \"Wrapped\", \"x\")") == std::set<std::string>{"Wrapped"});
  CHECK(codes_in("Error e(code); Error(std::move(x))").empty());
}

TEST_CASE("every error code that the source makes is explained") {
  std::set<std::string> codes = codes_of_the_sources();
  CHECK(codes.size() > 60);
  for (const std::string& code : codes)
    CHECK_MESSAGE(error_page(code), code << " has no section in docs/errors.md");
}

TEST_CASE("every error code that is explained is one that something makes") {
  std::string all;
  for (const auto& file : std::filesystem::recursive_directory_iterator(MAINSTAY_SOURCE "/src")) {
    std::string name = file.path().filename().string();
    if (name.ends_with(".cc") && !name.contains("_test.cc"))
      all += RealFiles().read(file.path().string(), 1 << 20).value_or("");
  }
  for (const ErrorPage& page : error_pages())
    CHECK_MESSAGE(all.contains("\"" + page.code + "\""), page.code << " is made nowhere");
}

TEST_CASE("every explanation is whole, and they are in order") {
  std::string before;
  for (const ErrorPage& page : error_pages()) {
    INFO(page.code);
    CHECK(before < page.code);
    before = page.code;
    CHECK(is_code(page.code));
    CHECK(page.meaning.ends_with("."));
    CHECK_FALSE(page.causes.empty());
    CHECK_FALSE(page.actions.empty());
    CHECK((page.exit_code == 1 || (page.exit_code >= 3 && page.exit_code <= 9) ||
           page.exit_code == 130));
    CHECK(static_cast<int>(exit_of(Error(page.code, ""))) == page.exit_code);
  }
  CHECK(static_cast<int>(exit_of(Error("ThrottlingException", ""))) == 4);
}

TEST_CASE("an unknown code gets the nearest one") {
  CHECK(find_error_page("configinvalid").value()->code == "ConfigInvalid");
  CHECK(find_error_page("ConfigInvlid").error().hint == "did you mean ConfigInvalid?");
  CHECK(find_error_page("x\x1b").error().message.contains("\\x1b"));
  CHECK(find_error_page("Zzzzzzzzzz").error().hint.contains("lists"));
}

TEST_CASE("an explanation fits 80 columns") {
  for (const ErrorPage& page : error_pages())
    for (const std::string& line : split(page_text(page, {}), "\n")) CHECK(line.size() < 80);
  CHECK(page_text(*error_page("AddressInvalid"), {}) ==
        "AddressInvalid  exit code 3\n"
        "  `--host` is no address of this machine.\n"
        "  OFTEN a name instead of an address; an address of another interface.\n"
        "  DO    give an IP address; 127.0.0.1 is the default.\n");
}
