#include "services/route53/name.hh"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace mainstay::route53;

// The cases are those of the developer guide's "DNS domain name format", and of its page on the
// order of ListResourceRecordSets.
TEST_CASE("names are kept in lower case, with a dot, other bytes in octal") {
  CHECK(normal_name("Example.COM") == "example.com.");
  CHECK(normal_name("*.example.com.") == "\\052.example.com.");
  CHECK(normal_name("\\052.example.com.") == "\\052.example.com.");
  CHECK(normal_name("a b.com") == "a\\040b.com.");
  CHECK(normal_name("_dmarc.example.com") == "_dmarc.example.com.");
  for (const char* bad : {"", ".", "a..b", ".a", "a.\\9", "a\\1"})
    CHECK_MESSAGE(!normal_name(bad), bad);
  CHECK(!normal_name(std::string(64, 'a') + ".com"));
  CHECK(!normal_name(std::string(1025, 'a')));
}

TEST_CASE("names are ordered by their labels from the right") {
  std::vector<std::string> names = {"b.example.com.", "example.com.", "a.b.example.com.",
                                    "a-b.example.com.", "a.example.com."};
  std::sort(names.begin(), names.end(),
            [](const auto& a, const auto& b) { return reversed(a) < reversed(b); });
  CHECK(names == std::vector<std::string>{"example.com.", "a-b.example.com.", "a.example.com.",
                                          "b.example.com.", "a.b.example.com."});
}

TEST_CASE("a name is in its zone or below it, at a label's edge") {
  CHECK(in_zone("example.com.", "example.com."));
  CHECK(in_zone("a.example.com.", "example.com."));
  CHECK(!in_zone("anexample.com.", "example.com."));
  CHECK(!in_zone("com.", "example.com."));
}
