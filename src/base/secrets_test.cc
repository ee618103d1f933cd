#include "base/secrets.hh"

#include <doctest/doctest.h>

using namespace mainstay;

TEST_CASE("secrets go wherever they stand, the longer ones first") {
  Secrets secrets;
  CHECK(secrets.redacted_text("all is shown") == "all is shown");
  secrets.add("hunter2");
  secrets.add("hunter2-and-more");
  secrets.add("");
  secrets.add(" \n");
  CHECK(secrets.redacted_text("password hunter2, hunter2-and-more.") == "password ****, ****.");
  secrets.add("a key\nof lines\n");
  CHECK(secrets.redacted_text("it is a key\nof lines, yes") == "it is ****, yes");
  Value v = Value::map({{"hunter2", Value::list({"a hunter2", 5, Value()})}});
  CHECK(secrets.redacted(v) == Value::map({{"hunter2", Value::list({"a ****", 5, Value()})}}));
}

TEST_CASE("short secrets are only redacted where they are a whole value") {
  Secrets secrets;
  secrets.add("on");
  secrets.add("1234");
  secrets.add_value("eu-west-1");
  CHECK(secrets.redacted_text("once on a time in eu-west-1, 12345") ==
        "once on a time in eu-west-1, 12345");
  CHECK(secrets.redacted_value("on") == "****");
  CHECK(secrets.redacted_value("eu-west-1") == "****");
  CHECK(secrets.redacted_value("eu-west-1a") == "eu-west-1a");
  Value v = Value::map({{"pin", 1234}, {"on", Value::list({"on", 5, "off"})}, {"n", 12}});
  CHECK(secrets.redacted_values(v) ==
        Value::map({{"pin", "****"}, {"on", Value::list({"****", 5, "off"})}, {"n", 12}}));
}

TEST_CASE("errors lose them in all that they say") {
  Secrets secrets;
  secrets.add("hunter2");
  Error error = Error("X", "m hunter2").with_hint("h hunter2").because("c hunter2");
  Error expected = Error("X", "m ****").with_hint("h ****").because("c ****");
  CHECK(secrets.redacted(error).to_string() == expected.to_string());
}
