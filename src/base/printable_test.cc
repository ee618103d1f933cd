#include "base/printable.hh"

#include <doctest/doctest.h>

#include "base/json.hh"
#include "base/text.hh"

using namespace mainstay;

TEST_CASE("what is harmless stays, what drives a terminal is spelled out") {
  CHECK(printable("plain, tab\t, newline\n, ünïcödé 日本 🎉") ==
        "plain, tab\t, newline\n, ünïcödé 日本 🎉");
  CHECK(printable("\x1b[2J") == "\\x1b[2J");
  CHECK(printable(std::string_view("a\0b\x7f", 4)) == "a\\x00b\\x7f");
  CHECK(printable("\xc2\x9b"
                  "2J") == "\\x9b2J");  // CSI as one character
  CHECK(printable("\x9b"
                  "2J") == "\\x9b2J");                        // and as a byte
  CHECK(printable("\xff\xc3") == "\\xff\\xc3");               // cut off
  CHECK(printable("\xc0\x9b") == "\\xc0\\x9b");               // overlong
  CHECK(printable("a\u202egnp.exe") == "a\\u{202e}gnp.exe");  // right to left
  CHECK(printable("a\u2028b\u2066c") == "a\\u{2028}b\\u{2066}c");
  CHECK(one_line("x\nerror: fake\ty\r") == "x\\nerror: fake\\ty\\x0d");
}

TEST_CASE("JSON stays the same to whoever reads it") {
  Value v = Value::map({{"a\u009b", Value::list({"\u202e\x1b\n", "日本"})}});
  for (bool pretty : {false, true}) {
    std::string json = pretty ? to_json_pretty(v) : to_json(v);
    std::string shown = printable_json(json);
    CHECK(shown == (pretty ? printable(shown) : one_line(shown)));
    CHECK(parse_json(shown).value() == v);
  }
  CHECK(printable_json("\"\xff\"") == "\"\xef\xbf\xbd\"");
}

TEST_CASE("whatever bytes come, what is shown is UTF-8 without control characters") {
  uint32_t state = 1;
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    for (int i = 0; i < 24; ++i) {
      state = state * 1664525 + 1013904223;
      text += static_cast<char>(state >> 24);
    }
    std::string shown = one_line(text);
    CHECK(is_utf8(shown));
    CHECK(printable(shown) == shown);
  }
}
