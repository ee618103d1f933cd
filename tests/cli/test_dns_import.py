"""mainstay dns import: master files and transfers from a real BIND, compared with one another, and what is written
read back."""

import pytest
from dns_support import Bind, free_port, zones  # noqa: F401

MASTER = r'''$ORIGIN com.
$TTL 1h
example IN SOA ns.example hostmaster.example ( 2026112901 ; serial
        2h 15m 2w 900 )
        NS ns.example
        NS ns2.example.net.
        MX 10 mail.example
$ORIGIN example.com.
        TXT "v=spf1 include:_spf.example.net" " ~all"
        CAA 0 issue "ca.example.net; account=\"1\""
ns      A 192.0.2.53
WWW 300 IN A 192.0.2.1
    IN 300 A 192.0.2.2
        AAAA 2001:DB8::1
long    TXT "''' + "a" * 255 + r'''" "''' + "b" * 200 + r'''"
esc\.dot A 192.0.2.3
sp\032ace TXT "semi;colon \; quote \" backslash \\ high \233"
_sip._tcp SRV 10 20 5060 sip
xn--mnchen-3ya CNAME @
*.dev   60 CNAME www
$GENERATE 1-3 host-${0,2,d} A 192.0.2.10$
$GENERATE 1-9/4 g$ 60 CNAME host-01
$INCLUDE sub.db sub
after   A 192.0.2.4
n       NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
sig     SSHFP 1 1 ( 123456789abcdef67890123456789abcdef67890 )
child   NS ns.child
child   DS 12345 8 2 ( 49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE
                       49FD46E6C4B45C55D4AC69CB )
ns.child A 192.0.2.99
_443._tcp TLSA 3 1 1 49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE49FD46E6C4B45C55D4AC69CB
'''


@pytest.fixture
def bind(tmp_path):
    started = []

    def start(zones, **options):
        folder = tmp_path / f"bind{len(started)}"
        folder.mkdir()
        (folder / "sub.db").write_text("www A 192.0.2.77\n@ TXT \"of sub\"\n")
        started.append(Bind(folder, zones, **options))
        return started[-1]
    yield start
    for server in started:
        server.close()


def test_a_master_file_and_bind_that_serves_it_say_the_same(zones, bind):
    (zones.folder / "db.example").write_text(MASTER)
    (zones.folder / "sub.db").write_text("www A 192.0.2.77\n@ TXT \"of sub\"\n")
    zones.run("import", "example.com", "--from", "db.example")
    of_file = (zones.folder / "example.com.yaml").read_text()
    server = bind({"example.com": MASTER})
    assert "is there already" in zones.run("import", "example.com", "--server", f"127.0.0.1:{server.port}", code=3)
    said = zones.run("import", "example.com", "--server", f"127.0.0.1:{server.port}", "--force")
    assert (zones.folder / "example.com.yaml").read_text() == of_file
    assert "27 record sets" in said and "left out: 1 SOA of the zone itself" in said and "left out: 2 NS of the zone itself" in said
    zones.applied()
    assert zones.values("sp\\040ace.example.com.", "TXT") == ['"semi;colon ; quote \\" backslash \\134 high \\351"']
    assert zones.values("esc\\056dot.example.com.", "A") == ["192.0.2.3"]
    assert zones.values("host-02.example.com.", "A") == ["192.0.2.102"] and zones.values("g9.example.com.", "CNAME") == ["host-01.example.com."]
    assert zones.values("www.sub.example.com.", "A") == ["192.0.2.77"] and zones.values("after.example.com.", "A") == ["192.0.2.4"]
    # And back out of Route 53: the same file.
    zones.run("import", "example.com", "--force")
    assert (zones.folder / "example.com.yaml").read_text() == of_file


def test_every_routing_is_exported_as_it_is_imported(zones):
    check = zones.api.create_health_check(CallerReference="x", HealthCheckConfig={"IPAddress": "192.0.2.1", "Port": 80, "Type": "TCP"})["HealthCheck"]["Id"]
    zones.file(f"""'':
  - {{type: A, alias: {{zone: Z35SXDOTRQ7X7K, name: lb.example.net., evaluate_health: true}}}}
  - {{type: TXT, ttl: 3600, value: 10}}
'*.w':
  - {{type: A, ttl: 60, set: '1', weight: 0, health_check: {check}, value: 192.0.2.1}}
  - {{type: A, ttl: 60, set: yes it is, weight: 255, value: 192.0.2.1}}
f:
  - {{type: A, set: a, failover: PRIMARY, alias: {{name: '', evaluate_health: true}}}}
  - {{type: A, ttl: 3600, set: b, failover: SECONDARY, value: 192.0.2.2}}
geo:
  - {{type: AAAA, ttl: 3600, set: any, geolocation: {{country: '*'}}, value: '::1'}}
  - {{type: AAAA, ttl: 3600, set: ny, geolocation: {{country: US, subdivision: NY}}, value: '::2'}}
l: {{type: A, set: x, region: eu-west-1, alias: {{name: f}}}}
""")
    zones.applied()
    zones.run("import", "example.com", "--to", "again.yaml")
    zones.settings("{file: again.yaml}")
    zones.run("plan", "--exit-code", "dns.yaml")
    first = (zones.folder / "again.yaml").read_text()
    assert "name: ''" in first and "set: '1'" in first and "value: '10'" in first
    assert zones.run("import", "example.com", "--to", "-").startswith(first)


@pytest.mark.parametrize("text,at,says", [
    ("@ A 192.0.2.1\n", "1:1", "has no TTL"),
    ("$TTL 1x\n", "1:6", "is no TTL"),
    ("$TTL 60\nwww A 192.0.2.1 (\n", "2:17", "parenthesis is not closed"),
    ("$TTL 60\nwww TXT \"a\n", "2:9", "quotation mark is not closed"),
    ("$TTL 60\nwww.example.org. A 192.0.2.1\n", "2:1", "outside of the zone"),
    ("$TTL 60\nwww A 192.0.2.1\nwww CNAME x\n", "3:1", "a CNAME is alone"),
    ("$TTL 60\nwww CH A 192.0.2.1\n", "2:5", "class IN only"),
    ("$TTL 60\nwww LOC 1 2 3\n", "2:1", "no records of type LOC"),
    ("$TTL 60\nwww A 192.0.2\n", "2:5", "no IPv4 address"),
    ("$TTL 60\n A 192.0.2.1\n", "2:2", "first record has no name"),
    ("$INCLUDE nowhere.db\n", "1:10", "nowhere.db"),
    ("$INCLUDE db\n", "1:1", "more than 8 deep"),
    ("$GENERATE 1-100000 a$ 60 A 192.0.2.1\n", "1:11", "65536"),
    ("$GENERATE 1-2 a${x} 60 A 192.0.2.1\n", "1:15", "offset,width,base"),
    ("$FOO x\n", "1:1", "unknown directive"),
])
def test_a_wrong_master_file_is_named_with_its_place(zones, text, at, says):
    (zones.folder / "db").write_text(text)
    said = zones.run("import", "example.com", "--from", "db", code=3)
    assert f"db:{at}: " in said and says in said, said
    assert not (zones.folder / "example.com.yaml").exists()


def test_a_transfer_that_is_refused_or_cut_is_no_zone(zones, bind):
    server = bind({"example.com": "$TTL 60\n@ SOA ns.x. h.x. 1 2 3 4 5\n@ NS ns.x.\n"}, transfer="none")
    assert "error[TransferFailed]" in (said := zones.run("import", "example.com", "--server", f"127.0.0.1:{server.port}", code=4)) and "REFUSED" in said
    assert "error[TransferFailed]" in zones.run("import", "example.com", "--server", f"127.0.0.1:{free_port()}", code=4)
    assert "error[UsageInvalid]" in zones.run("import", "example.com", "--server", "ns1.example.com", code=3)
    assert not (zones.folder / "example.com.yaml").exists()
