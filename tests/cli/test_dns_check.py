"""mainstay dns check: what real name servers (BIND) answer, beside what the files say."""

import pytest
from dns_support import Bind, free_port, zones  # noqa: F401

HEAD = "$TTL 300\n@ SOA ns1 h 1 7200 900 1209600 900\n@ NS ns1\n@ NS ns2\nns1 A 127.0.0.1\nns2 A 127.0.0.1\n"
RECORDS = """www 60 A 192.0.2.1
www 60 A 192.0.2.2
@ MX 10 mail
txt TXT "a b" "c\\;d"
w.x.y TXT "below an empty name"
*.dev CNAME www
child NS ns.child
ns.child A 192.0.2.9
child DS 12345 8 2 49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE49FD46E6C4B45C55D4AC69CB
alias A 192.0.2.2
alias A 192.0.2.1
weighted 60 A 192.0.2.8
multi 60 A 192.0.2.1
multi 60 A 192.0.2.3
"""
FILE = """ns1: {type: A, ttl: 300, value: 127.0.0.1}
ns2: {type: A, ttl: 300, value: 127.0.0.1}
'': {type: MX, ttl: 300, value: 10 mail.example.com.}
www: {type: A, ttl: 60, values: [192.0.2.1, 192.0.2.2]}
txt: {type: TXT, ttl: 300, value: '"a b" "c;d"'}
w.x.y: {type: TXT, ttl: 300, value: below an empty name}
'*.dev': {type: CNAME, ttl: 300, value: www.example.com.}
child:
  - {type: NS, ttl: 300, value: ns.child.example.com.}
  - {type: DS, ttl: 300, value: 12345 8 2 49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE49FD46E6C4B45C55D4AC69CB}
ns.child: {type: A, ttl: 300, value: 192.0.2.9}
alias: {type: A, alias: {name: www}}
weighted:
  - {type: A, ttl: 60, set: a, weight: 1, value: 192.0.2.7}
  - {type: A, ttl: 60, set: b, weight: 1, value: 192.0.2.8}
multi:
  - {type: A, ttl: 60, set: a, multivalue: true, value: 192.0.2.1}
  - {type: A, ttl: 60, set: b, multivalue: true, value: 192.0.2.2}
  - {type: A, ttl: 60, set: c, multivalue: true, value: 192.0.2.3}
"""


@pytest.fixture
def servers(tmp_path):
    """Starts BIND with zones, and checks files against servers."""
    started = []
    (tmp_path / "dns.yaml").write_text("zones:\n  example.com.: {}\n")

    def start(zones):
        started.append(Bind(tmp_path / f"bind{len(started)}", zones))
        return f"127.0.0.1:{started[-1].port}"
    yield start
    for server in started:
        server.close()


@pytest.fixture
def check(program, tmp_path):
    def run(text, *words, code=0):
        (tmp_path / "example.com.yaml").write_text(text)
        done = program.run("dns", "check", "dns.yaml", *words, code=code, folder=tmp_path)
        return done.stdout + done.stderr
    return run


def test_a_zone_that_is_served_as_its_file_says(servers, check):
    one = servers({"example.com": HEAD + RECORDS})
    said = check(FILE, "--server", one, "--server", one)
    assert "0 differences; 26 answers compared, 2 that can't be" in said  # the address below the delegation, of each


@pytest.mark.parametrize("before,after,says", [
    ("www 60 A 192.0.2.2\n", "", "www.example.com. A at S: answers 192.0.2.1, not 192.0.2.1, 192.0.2.2"),
    ("www 60 A 192.0.2.1\nwww 60 A 192.0.2.2", "www 30 A 192.0.2.1\nwww 30 A 192.0.2.2", "www.example.com. A at S: has a TTL of 30, not 60"),
    ("weighted 60 A 192.0.2.8", "weighted 60 A 192.0.2.9", "weighted.example.com. A at S: answers 192.0.2.9, none of 192.0.2.7, 192.0.2.8"),
    ("multi 60 A 192.0.2.3", "multi 60 A 192.0.2.4", "multi.example.com. A at S"),
    ("alias A 192.0.2.1\n", "", "alias.example.com. A at S"),
    ("w.x.y TXT", "w.x.z TXT", "w.x.y.example.com. TXT at S: answers NXDOMAIN"),
    ("*.dev CNAME www", "*.dev CNAME ns1", "*.dev.example.com. CNAME at S: answers ns1.example.com., not www.example.com."),
    ("child NS ns.child", "child NS ns1", "child.example.com. NS at S: answers ns1.example.com."),
    ("txt TXT", "* TXT", "a name that is not there is answered NOERROR"),
])
def test_every_difference_is_named(servers, check, before, after, says):
    server = servers({"example.com": HEAD + RECORDS.replace(before, after)})
    said = check(FILE, "--server", server, code=4)
    assert says.replace("at S", "at " + server) in said and "error[DnsAnswersDiffer]" in said


def test_lame_servers_and_servers_that_differ(servers, check):
    good = servers({"example.com": HEAD + RECORDS})
    older = servers({"example.com": (HEAD + RECORDS).replace("h 1 7200", "h 2 7200").replace("@ NS ns2\n", "")})
    lame = servers({"example.net": HEAD})
    silent = f"127.0.0.1:{free_port()}"
    said = check(FILE, "--server", good, "--server", older, "--server", lame, "--server", silent, "--timeout", "1", code=4)
    assert f"example.com. SOA at {lame}: lame: answers REFUSED" in said
    assert f"example.com. SOA at {silent}: lame: {silent} does not answer" in said
    assert f"example.com. NS at {older}: has ns1.example.com., the first server ns1.example.com., ns2.example.com." in said
    assert f"example.com. SOA at {older}: has" in said


def test_the_delegation_and_a_ds_without_its_key(servers, check):
    server = servers({"example.com": HEAD + RECORDS})
    parent = "$TTL 300\n@ SOA a h 1 7200 900 1209600 900\n@ NS a\na A 127.0.0.1\n"
    right = servers({"com": parent + "example NS ns1.example\nexample NS ns2.example\nns1.example A 127.0.0.1\nns2.example A 127.0.0.1\n"})
    assert "0 differences" in check(FILE, "--server", server, "--parent", right)
    ds = "example DS 4711 8 2 49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE49FD46E6C4B45C55D4AC69CB\n"
    wrong = servers({"com": parent + "example NS ns1.example\nns1.example A 127.0.0.1\n" + ds})
    said = check(FILE, "--server", server, "--parent", wrong, code=4)
    assert f"example.com. NS at {server}: has ns1.example.com., ns2.example.com., the parent ns1.example.com." in said
    assert f"example.com. DS at {server}: the parent has a DS, and no key here is its" in said
    none = servers({"com": parent})
    assert "the zone is not delegated (NXDOMAIN)" in check(FILE, "--server", server, "--parent", none, code=4)


def test_status_says_where_each_domain_stands(zones, servers):
    (zones.folder / "dns.yaml").write_text("zones:\n" + "".join(f"  {name}.com.: {{}}\n" for name in ("away", "example", "half", "moved", "new")))
    for name in ("away", "example", "half", "moved", "new"):
        zones.file("www: {type: A, value: 192.0.2.1}\n", f"{name}.com.")
    zones.run("apply", "dns.yaml", "example.com", "half.com", "moved.com", "away.com")
    ours = {z["Name"]: zones.api.get_hosted_zone(Id=z["Id"])["DelegationSet"]["NameServers"] for z in zones.api.list_hosted_zones()["HostedZones"]}
    zones.file("www: {type: A, value: 192.0.2.2}\n", "half.com.")
    delegated = "".join(f"moved NS {server}.\n" for server in ours["moved.com."]) + f"half NS {ours['half.com.'][0]}.\nhalf NS ns.old.example.\n"
    ds = "example DS 4711 8 2 49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE49FD46E6C4B45C55D4AC69CB\n"
    parent = servers({"com": "$TTL 300\n@ SOA a h 1 7200 900 1209600 900\n@ NS a\na A 127.0.0.1\nexample NS ns.old.example.\n" + ds + delegated})
    said = zones.run("status", "dns.yaml", "--parent", parent)
    assert "moved.com.  as its file says; delegation: ours\n" in said
    assert "example.com.  as its file says; delegation: old (ns.old.example.); 1 DS at the parent" in said
    assert "half.com.  1 changes to apply; delegation: split" in said
    assert "away.com.  as its file says; delegation: not delegated\n" in said
    assert "new.com.  not at Route 53; delegation: not delegated\n" in said
    assert "delegation: unknown" in zones.run("status", "dns.yaml", "--timeout", "1", "--parent", f"127.0.0.1:{free_port()}")
    assert "delegation" not in zones.run("status", "dns.yaml")
