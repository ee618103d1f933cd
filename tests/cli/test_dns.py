"""mainstay dns: zones of a served cloud, changed by files and looked at by boto3. D1 to D5 are cases that hurt users of
tools like it: DNSControl/dnscontrol#1114, barnybug/cli53#272, octodns/octodns#507, DNSControl/dnscontrol#2077,
barnybug/cli53#206."""

import json

import pytest
from dns_support import zones  # noqa: F401


def test_a_zone_is_made_changed_and_left_alone(zones):
    zones.file("www: {type: A, ttl: 60, values: [192.0.2.2, 192.0.2.1]}\n'': {type: MX, value: {preference: 10, exchange: mail.example.com.}}\n")
    assert "is not there, and would be made; 2 to create" in zones.plan()
    assert zones.api.list_hosted_zones()["HostedZones"] == []
    assert "applied and in sync: 2 changes; the zone has 4 record sets" in zones.applied()
    assert zones.values("www.example.com.", "A") == ["192.0.2.1", "192.0.2.2"] and zones.values("example.com.", "MX") == ["10 mail.example.com."]
    zones.file("www: {type: A, ttl: 60, values: [192.0.2.2, 192.0.2.3]}\n'': {type: MX, value: 10 MAIL.example.com.}\n")
    said = zones.plan(code=0)
    assert "0 to create, 1 to update, 0 to delete" in said and "~ www.example.com. A" in said
    zones.run("plan", "--exit-code", "dns.yaml", code=2)
    lines = [json.loads(line) for line in zones.apply("--json").splitlines() if line.startswith("{")]
    assert [line["changes"] for line in lines if line["type"] == "dns_applied"] == [1]
    assert "nothing to change" in zones.apply()


def test_d1_batches_count_an_upsert_twice(zones):
    def names(address):
        zones.file("".join(f"n{i}: {{type: A, ttl: 60, value: {address}}}\n" for i in range(780)))
    names("192.0.2.1")
    assert "request 1 of 1" in zones.applied()  # 780 creations are one request
    names("192.0.2.2")
    assert "request 2 of 2: 280 changes" in zones.applied()  # 780 upserts count 1560
    assert {r["Value"] for s in zones.sets() for r in s["ResourceRecords"]} == {"192.0.2.2"}
    zones.file("n0: {type: A, ttl: 60, value: 192.0.2.2}\n")
    assert "request 1 of 1" in zones.applied("--allow-deletions")


def test_d1_the_characters_of_values_are_limited_too(zones):
    def texts(letter):
        zones.file("".join(f"t{i}: {{type: TXT, ttl: 60, value: {letter * 1000}}}\n" for i in range(40)))
    texts("a")
    assert "request 2 of 2" in zones.applied()
    texts("b")
    assert "request 3 of 3" in zones.applied()


def test_d2_sets_of_one_name_and_type_are_told_apart(zones):
    regions = ["us-east-1", "us-west-2", "eu-west-1", "ap-south-1", "sa-east-1"]
    aliases = "".join(f"  - {{type: A, set: {r}, region: {r}, alias: {{name: host{i}}}}}\n" for i, r in enumerate(regions))
    hosts = "".join(f"host{i}: {{type: A, ttl: 60, value: 192.0.2.{i}}}\n" for i in range(5))
    zones.file("www:\n" + aliases + hosts)
    assert "the zone has 12 record sets" in zones.applied()
    assert [s["SetIdentifier"] for s in zones.sets() if s["Name"] == "www.example.com."] == sorted(regions)


@pytest.mark.parametrize("routing", [
    "{type: A, ttl: 60, set: a, weight: 10, value: 192.0.2.1}|{type: A, ttl: 60, set: b, weight: 0, value: 192.0.2.1}",
    "{type: A, ttl: 60, set: a, geolocation: {continent: EU}, value: 192.0.2.1}|{type: A, ttl: 60, set: b, geolocation: {country: US, subdivision: NY}, value: 192.0.2.1}",
    "{type: A, ttl: 60, set: a, multivalue: true, value: 192.0.2.1}|{type: A, ttl: 60, set: b, multivalue: true, value: 192.0.2.2}",
    "{type: A, ttl: 60, set: a, failover: PRIMARY, health_check: HC, value: 192.0.2.1}|{type: A, ttl: 60, set: b, failover: SECONDARY, value: 192.0.2.2}",
    "{type: A, ttl: 60, set: a, cidr: {collection: 11111111-2222-3333-4444-555555555555, location: office}, value: 192.0.2.1}|{type: A, ttl: 60, set: b, cidr: {collection: 11111111-2222-3333-4444-555555555555, location: '*'}, value: 192.0.2.2}",
])
def test_d2_every_kind_of_routing_comes_back_as_it_was_written(zones, routing):
    if "HC" in routing:
        check = zones.api.create_health_check(CallerReference="x", HealthCheckConfig={"IPAddress": "192.0.2.1", "Port": 80, "Type": "TCP"})
        routing = routing.replace("HC", check["HealthCheck"]["Id"])
    first, second = routing.split("|")
    zones.file(f"www:\n  - {first}\n  - {second}\nother: {{type: A, value: 192.0.2.9}}\n")
    zones.applied()
    zones.file(f"www:\n  - {first}\nother: {{type: A, value: 192.0.2.9}}\nthird: {{type: A, value: 192.0.2.9}}\n")
    assert "- www.example.com. A [b]" in zones.applied()
    assert [s["SetIdentifier"] for s in zones.sets() if "SetIdentifier" in s] == ["a"]


def test_d3_one_type_replaces_another_in_one_request(zones):
    zones.file("app: {type: CNAME, value: www.example.com.}\n")
    zones.applied()
    zones.file("app: {type: A, value: 192.0.2.4}\n")
    said = zones.applied()
    assert said.index("- app.example.com. CNAME") < said.index("+ app.example.com. A") and "request 1 of 1: 2 changes" in said


def test_d3_a_simple_set_becomes_weighted_in_one_request_among_many(zones):
    many = "".join(f"n{i}: {{type: A, ttl: 60, value: 192.0.2.1}}\n" for i in range(999))
    zones.file("app: {type: A, ttl: 60, value: 192.0.2.1}\n")
    zones.applied()
    # 999 creations fill a request: what belongs together must not be cut by its end.
    zones.file(many + "app:\n  - {type: A, ttl: 60, set: a, weight: 1, value: 192.0.2.1}\n  - {type: A, ttl: 60, set: b, weight: 1, value: 192.0.2.2}\n")
    zones.applied()
    assert len([s for s in zones.sets() if s["Name"] == "app.example.com."]) == 2


def test_an_alias_comes_after_its_target_and_goes_before_it(zones):
    many = "".join(f"m{i}: {{type: A, ttl: 60, value: 192.0.2.1}}\n" for i in range(1200))
    zones.file(many + "a: {type: A, alias: {name: z}}\nz: {type: A, ttl: 60, value: 192.0.2.1}\n")
    zones.applied()
    zones.file(many)
    zones.applied()
    zones.file(many + "a: {type: A, alias: {name: nowhere}}\n")
    assert "example.com.yaml:1201:4" in (said := zones.plan(code=3)) and "which the zone does not have" in said


def test_d4_values_of_others_stay(zones):
    zones.settings("{foreign: keep, ours: [mine]}")
    zones.file("www: {type: A, ttl: 60, value: 192.0.2.1}\nmine: {type: A, ttl: 60, value: 192.0.2.1}\n")
    zones.applied()
    zones.write(("www.example.com.", "A", ["192.0.2.1", "192.0.2.2", "192.0.2.3"]), ("other.example.com.", "TXT", ['"x"']), ("mine.example.com.", "A", ["192.0.2.7"]))
    zones.file("www: {type: A, ttl: 90, value: 192.0.2.1}\nmine: {type: A, ttl: 60, value: 192.0.2.1}\n")
    assert "1 foreign record sets stay" in zones.applied()
    assert zones.values("www.example.com.", "A") == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    assert zones.values("other.example.com.", "TXT") == ['"x"'] and zones.values("mine.example.com.", "A") == ["192.0.2.1"]


@pytest.mark.parametrize("theirs,ours", [
    (("www.example.com.", "CNAME", ["theirs.example.net."]), "www: {type: CNAME, ttl: 60, value: ours.example.net.}"),
    (("www.example.com.", "CNAME", ["theirs.example.net."]), "www: {type: A, ttl: 60, value: 192.0.2.1}"),
    (("www.example.com.", "A", ["192.0.2.1"]), "www: {type: A, ttl: 60, set: a, weight: 1, value: 192.0.2.1}"),
    (("www.example.com.", "A", ["192.0.2.1"]), "www: {type: A, alias: {zone: Z2FDTNDATAQYW2, name: d1.cloudfront.net.}}"),
])
def test_d4_what_cannot_be_beside_a_foreign_record_is_refused(zones, theirs, ours):
    zones.settings("{foreign: keep}")
    zones.file("x: {type: A, ttl: 60, value: 192.0.2.1}\n")
    zones.applied()
    zones.write(theirs)
    before = zones.sets()
    zones.file("x: {type: A, ttl: 60, value: 192.0.2.2}\n" + ours + "\n")
    assert "error[ForeignRecord]" in zones.apply(code=3) and zones.sets() == before


@pytest.mark.parametrize("one,other", [
    ("API-Main: {type: A, value: 192.0.2.1}", "api-main: {type: A, value: 192.0.2.1}"),
    ("'*': {type: CNAME, value: WWW.Example.com.}", "'\\052': {type: CNAME, value: www.example.com.}"),
    ("a: {type: AAAA, value: '2001:DB8:0::1'}", "a: {type: AAAA, value: '2001:db8::1'}"),
    ("a: {type: TXT, value: 'v=spf1 include:x \\; ~all'}", "a: {type: TXT, value: '\"v=spf1 include:x \\073 ~all\"'}"),
    ("a: {type: CAA, value: {flags: 0, tag: issue, value: ca.example.net}}", "a: {type: CAA, value: '0  Issue  \"ca.example.net\"'}"),
    ("a: {type: DS, value: '12345 8 2 aabb ccdd'}", "a: {type: DS, value: 12345 8 2 AABBCCDD}"),
])
def test_d5_two_spellings_are_one_record(zones, one, other):
    zones.file(one + "\n")
    zones.applied()
    zones.file(other + "\n")
    zones.run("plan", "--exit-code", "dns.yaml")
    zones.file(one + "\n" + other.replace(" 192.0.2.1}", " 192.0.2.8}") + "\n")
    if one.split(":")[0] != other.split(":")[0]:
        assert "is there twice" in zones.plan(code=3)


def test_large_deletions_and_the_apex_want_a_flag(zones):
    zones.file("".join(f"n{i}: {{type: A, value: 192.0.2.1}}\n" for i in range(6)))
    zones.applied()
    zones.file("".join(f"n{i}: {{type: A, value: 192.0.2.1}}\n" for i in range(3)))
    assert "error[DnsZoneShrinks]" in (said := zones.apply(code=5)) and "would lose 3 of its 6 records" in said and len(zones.sets()) == 6
    zones.file("".join(f"n{i}: {{type: A, value: 192.0.2.1}}\n" for i in range(4)))
    zones.applied()
    zones.file("n0: {type: A, value: 192.0.2.1}\n" + "".join(f"n{i}: {{type: A, value: 192.0.2.1}}\n" for i in range(1, 4)) + "'': {type: NS, values: [ns1.example.net., ns2.example.net.]}\n")
    assert "error[ApexChanges]" in zones.apply(code=5)
    zones.applied("--allow-apex")
    assert zones.values("example.com.", "NS") == []  # of sets() without the apex
    # A set that loses its values loses records.
    zones.file("n0: {type: A, values: [%s]}\n" % ", ".join(f"192.0.2.{i}" for i in range(1, 31)))
    zones.applied("--allow-deletions")
    zones.file("n0: {type: A, value: 192.0.2.1}\n")
    assert "would lose 29 of its 30 records" in zones.apply(code=5)


@pytest.mark.parametrize("text,at,says", [
    ("www: {type: A, value: 192.0.2.300}\n", "1:23", "no IPv4 address"),
    ("www: {type: CNAME, value: a.example.net}\n", "1:27", "does not end in a dot"),
    ("www:\n  - {type: CNAME, value: a.example.net.}\n  - {type: TXT, value: x}\n", "3:5", "a CNAME is alone"),
    ("'': {type: CNAME, value: a.example.net.}\n", "1:5", "can't stand at the zone itself"),
    ("www: {type: B, value: x}\n", "1:13", "no records of type B"),
    ("www: {type: A, valeu: x}\n", "1:16", "did you mean value?"),
    ("www: {type: A, value: 192.0.2.1, dynamic: {}}\n", "1:34", "is not read here"),
    ("www: {type: A, ttl: 1h, value: 192.0.2.1}\n", "1:21", "a number of seconds"),
    ("www: {type: MX, value: 70000 x.}\n", "1:24", "no number from 0 to 65535"),
    ("www: {type: A, set: a, weight: 1, region: eu-west-1, value: 192.0.2.1}\n", "1:6", "one kind of routing"),
    ("www: {type: A, weight: 1, value: 192.0.2.1}\n", "1:6", "needs an identifier"),
    ("www: {type: A, values: [192.0.2.1, 192.0.2.01, 192.0.2.1]}\n", "1:36", "no IPv4 address"),
    ("a: {type: A, value: 192.0.2.1}\na.example.org.: {type: A, value: 192.0.2.1}\n", "2:1", "outside of the zone"),
    ("münchen: {type: A, value: 192.0.2.1}\n", "1:1", "xn--"),
    ("a: {type: TXT, value: %s}\n" % ("x" * 4001), "1:23", "4000"),
    ("a: {type: A, value: 192.0.2.1\n", "", "example.com.yaml:"),
])
def test_a_wrong_file_is_named_with_its_place_and_nothing_is_applied(zones, text, at, says):
    (zones.folder / "dns.yaml").write_text("zones:\n  fine.example.: {}\n  example.com.: {}\n")
    zones.file("www: {type: A, value: 192.0.2.1}\n", "fine.example.")
    zones.file(text)
    said = zones.apply(code=3)
    assert "error[DnsZoneInvalid]: " + "example.com.yaml:" + at in said and says in said
    assert zones.api.list_hosted_zones()["HostedZones"] == []


@pytest.mark.parametrize("text,says", [
    ("zones: {}\n", "there are no zones"),
    ("zones:\n  example.com.: {froeign: keep}\n", "2:18: unknown key"),
    ("zones:\n  example.com.: {foreign: maybe}\n", '"keep" or "remove"'),
    ("zones:\n  example.com.: {}\n  EXAMPLE.com: {}\n", "3:3: the zone is there twice"),
    ("providers: {a: {class: octodns_bind.ZoneFileSource}}\nzones:\n  example.com.: {sources: [a], targets: [r]}\n", "YamlProvider"),
])
def test_a_wrong_configuration_is_refused(zones, text, says):
    (zones.folder / "dns.yaml").write_text(text)
    zones.file("")
    assert "error[DnsConfigInvalid]: dns.yaml" in (said := zones.plan(code=3)) and says in said


def test_octodns_configuration_reads(zones):
    (zones.folder / "dns.yaml").write_text("""providers:
  config: {class: octodns.provider.yaml.YamlProvider, directory: ./config, default_ttl: 1200, enforce_order: True}
  route53: {class: octodns_route53.Route53Provider}
zones:
  example.com.: {sources: [config], targets: [route53]}
""")
    (zones.folder / "config").mkdir()
    zones.file("""'':
  - type: Route53Provider/ALIAS
    values: [{type: A, name: www}]
  - {type: TXT, values: ['v=spf1 -all', 'a long \\; one']}
www: {type: A, value: 192.0.2.1}
_sip._tcp: {type: SRV, value: {priority: 10, weight: 20, port: 5060, target: sip.example.com.}}
""", "config/example.com.")
    zones.applied()
    assert {s["TTL"] for s in zones.sets() if "TTL" in s} == {1200}
    assert zones.values("example.com.", "TXT") == ['"a long ; one"', '"v=spf1 -all"']
    assert zones.values("_sip._tcp.example.com.", "SRV") == ["10 20 5060 sip.example.com."]


def test_several_zones_of_a_name_want_an_id(zones):
    ids = [zones.api.create_hosted_zone(Name="example.com", CallerReference=str(i))["HostedZone"]["Id"] for i in range(2)]
    zones.file("www: {type: A, value: 192.0.2.1}\n")
    assert "error[DnsZoneAmbiguous]: dns.yaml:2:3" in zones.plan(code=3)
    zones.settings("{id: %s}" % ids[1].split("/")[-1])
    zones.applied()
    assert zones.api.get_hosted_zone(Id=ids[0])["HostedZone"]["ResourceRecordSetCount"] == 2


def test_what_failed_says_what_was_applied(zones):
    many = "".join(f"n{i:04}: {{type: A, ttl: 60, value: 192.0.2.1}}\n" for i in range(1000))
    zones.file(many + "zz: {type: A, ttl: 60, set: a, region: nowhere-1, value: 192.0.2.1}\n")
    said = zones.apply(code=None)
    assert "error[" in said and "request 2 of 2 (those before it are applied)" in said and len(zones.sets()) == 1000
    zones.file(many + "zz: {type: A, ttl: 60, set: a, region: eu-west-1, value: 192.0.2.1}\n")
    assert "1 changes" in zones.applied()
