#include <doctest/doctest.h>

#include "dns/batches.hh"
#include "dns/master_file.hh"
#include "dns/name.hh"
#include "dns/record_data.hh"
#include "dns/zone_file.hh"
#include "dns/zone_plan.hh"
#include "dns/zone_writer.hh"

using namespace mainstay;
using namespace mainstay::dns;

namespace {

ZoneEntry example() {
  ZoneEntry entry;
  entry.name = "example.com.";
  entry.file = "zone.yaml";
  return entry;
}

std::vector<RecordSet> wanted(const std::string& text) {
  auto sets = parse_zone_file(text, example());
  REQUIRE_MESSAGE(sets, (sets ? "" : sets.error().to_string()));
  return *sets;
}

std::vector<LiveSet> live(const std::string& text) {
  std::vector<LiveSet> out;
  for (const RecordSet& set : wanted(text)) out.push_back({set, set.to_value()});
  return out;
}

std::vector<RecordChange> changes(const std::string& before, const std::string& after) {
  auto plan = plan_zone(example(), "Z1", wanted(after), live(before), {true, true});
  REQUIRE_MESSAGE(plan, (plan ? "" : plan.error().to_string()));
  return plan->changes;
}

std::string shape(const std::vector<RecordChange>& all) {
  auto batches = make_batches(all);
  if (!batches) return batches.error().code;
  std::string out;
  for (const auto& batch : *batches) {
    out += out.empty() ? "" : " | ";
    for (size_t i : batch)
      out += std::string(1, "+~-"[static_cast<int>(all[i].kind)]) +
             relative_name(all[i].key().name, "example.com.") + " ";
  }
  return out;
}

}  // namespace

TEST_CASE("names have one spelling") {
  CHECK(normal_name("WWW.Example.com") == "www.example.com.");
  CHECK(normal_name("*.x") == "\\052.x.");
  CHECK(normal_name("\\052.x.") == "\\052.x.");
  CHECK(normal_name("a\\.b.x", Escapes::decimal) == "a\\056b.x.");
  CHECK(normal_name("a\\032b", Escapes::decimal) == "a\\040b.");
  CHECK(normal_name("a\\101b") == "aab.");
  CHECK(shown_name("\\052.x.") == "*.x.");
  for (const char* wrong : {"", "a..b", ".a", "a\\9", "a\\400b", "a\\"})
    CHECK_FALSE(normal_name(wrong));
  CHECK(normal_name(std::string(63, 'a')));
  CHECK_FALSE(normal_name(std::string(64, 'a')));
  std::string longest = std::string(63, 'a') + "." + std::string(63, 'a') + "." +
                        std::string(63, 'a') + "." + std::string(61, 'a');
  CHECK(normal_name(longest));
  CHECK_FALSE(normal_name(longest + "a"));
}

TEST_CASE("values have one spelling") {
  CHECK(normal_data("AAAA", "2001:DB8:0:0::1").value() == "2001:db8::1");
  CHECK(normal_data("TXT", "\"a\\\"b\" plain").value() == "\"a\\\"b\" \"plain\"");
  CHECK(normal_data("TXT", "\"a\\059b\"",
                    {.origin = "", .escapes = Escapes::decimal, .strict = false})
            .value() == "\"a;b\"");
  CHECK(normal_data("SOA", "NS. Host.x. 1 2 3 4 5").value() == "ns. host.x. 1 2 3 4 5");
  CHECK(normal_data("HTTPS", "1  .  alpn=h2").value() == "1 . alpn=h2");
  CHECK(normal_data("TXT", "\"" + std::string(256, 'x') + "\"").error().message.contains("255"));
  CHECK(quoted_strings(std::string(256, 'x')) == "\"" + std::string(255, 'x') + "\" \"x\"");
  for (auto [type, text] : {std::pair{"A", "1.2.3"},
                            {"A", "1.2.3.4 5"},
                            {"MX", "10"},
                            {"SRV", "1 2 3"},
                            {"TXT", ""},
                            {"TXT", "\"a"},
                            {"DS", "1 2 3 xyz"},
                            {"MX", "-1 a."},
                            {"X", "y"}})
    CHECK_FALSE_MESSAGE(normal_data(type, text), type << " " << text);
}

TEST_CASE("what belongs together is in one batch, in an order that Route 53 takes") {
  CHECK(shape(changes("a: {type: CNAME, value: x.}", "a: {type: A, value: 192.0.2.1}")) ==
        "-a +a ");
  CHECK(shape(changes("{}", "a: {type: A, alias: {name: z}}\nz: {type: A, value: 192.0.2.1}")) ==
        "+z +a ");
  CHECK(shape(changes("a: {type: A, alias: {name: z}}\nz: {type: A, value: 192.0.2.1}", "{}")) ==
        "-a -z ");
  CHECK(shape(changes("z: {type: A, alias: {name: a}}\na: {type: A, value: 192.0.2.1}", "{}")) ==
        "-z -a ");
  // Two names whose aliases point at one another's records.
  std::string both =
      "a:\n- {type: A, alias: {name: b}}\n- {type: AAAA, value: '::1'}\nb:\n- {type: A, value: "
      "192.0.2.1}\n- {type: AAAA, alias: {name: a}}";
  CHECK(shape(changes("{}", both)) == "+a +a +b +b ");
  std::string many, weighted = "a:\n";
  for (int i = 0; i < 700; ++i) {
    std::string address = "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250);
    many += (many.empty() ? "" : ", ") + address;
    weighted += "- {type: A, set: s" + std::to_string(i) + ", weight: 1, value: " + address + "}\n";
  }
  // 700 values go and 700 come: more than one request holds, and half of it must not be seen.
  CHECK(shape(changes("a: {type: A, values: [" + many + "]}", weighted)) == "ChangeTooLarge");
  CHECK(make_batches(changes("{}", weighted))->size() == 1);
}

TEST_CASE("a replaced record is not a lost one") {
  auto plan = plan_zone(example(), "Z1", wanted("a: {type: A, value: 192.0.2.1}"),
                        live("a: {type: CNAME, value: x.}"), {});
  CHECK(plan);
  plan = plan_zone(example(), "Z1", wanted("b: {type: A, value: 192.0.2.1}"),
                   live("a: {type: CNAME, value: x.}"), {});
  CHECK(plan.error().code == "DnsZoneShrinks");
}

TEST_CASE("$GENERATE's text and TTLs with units") {
  CHECK(generated_text("host-$", 7).value() == "host-7");
  CHECK(generated_text("${-1,3,d}.x", 8).value() == "007.x");
  CHECK(generated_text("${0,4,X} \\$ $$", 171).value() == "00AB $ $");
  for (const char* wrong : {"${", "${x}", "${0,1,q}", "${-9}"})
    CHECK_FALSE(generated_text(wrong, 1));
  CHECK(parse_ttl("1h30m") == 5400);
  CHECK(parse_ttl("2W") == 1209600);
  CHECK(parse_ttl("0") == 0);
  for (const char* wrong : {"", "h", "1x", "-1", "3000000000", "IN"}) CHECK_FALSE(parse_ttl(wrong));
}

TEST_CASE("what is written reads back the same") {
  auto sets = wanted(
      "'': {type: A, alias: {zone: Z35SXDOTRQ7X7K, name: lb.example.net., evaluate_health: true}}");
  std::string text = zone_file_text(sets, "example.com.", "Z1");
  CHECK(text ==
        "'': {type: A, alias: {name: lb.example.net., zone: Z35SXDOTRQ7X7K, evaluate_health: "
        "true}}\n");
  auto again = wanted(text);
  CHECK(again[0].key == sets[0].key);
  CHECK(again[0].same_answer(sets[0]));
}
