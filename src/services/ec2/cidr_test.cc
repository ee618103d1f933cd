#include "services/ec2/cidr.hh"

#include <doctest/doctest.h>

using namespace mainstay::ec2;

TEST_CASE("blocks are read, their host bits cleared, and written back") {
  CHECK(parse_cidr("10.1.2.3/16")->to_string() == "10.1.0.0/16");
  CHECK(parse_cidr("0.0.0.0/0")->to_string() == "0.0.0.0/0");
  CHECK(parse_cidr("2001:db8:1:2::5/56")->to_string() == "2001:db8:1::/56");
  CHECK(parse_cidr("::/0")->to_string() == "::/0");
  for (const char* bad : {"", "10.0.0.0", "10.0.0/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.256/8",
                          "x/8", "::/129", "10.0.0.0/8 "})
    CHECK_MESSAGE(!parse_cidr(bad), bad);
}

TEST_CASE("blocks contain and overlap, each family by itself") {
  auto block = [](const char* text) { return *parse_cidr(text); };
  CHECK(block("10.0.0.0/8").contains(block("10.255.0.0/16")));
  CHECK(!block("10.0.0.0/16").contains(block("10.0.0.0/8")));
  CHECK(block("10.0.0.0/16").overlaps(block("10.0.0.0/8")));
  CHECK(!block("10.0.0.0/16").overlaps(block("10.1.0.0/16")));
  CHECK(!block("0.0.0.0/0").overlaps(block("::/0")));
  CHECK(block("::/0").contains(block("2001:db8::/32")));
}
