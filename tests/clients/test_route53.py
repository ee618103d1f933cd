"""Route 53: zones, and changes to records with AWS's rules and words."""

import itertools

import pytest
from helpers import fails, names

_references = itertools.count()


def zone_of(route53, name="example.com", **more):
    answer = route53.create_hosted_zone(Name=name, CallerReference=f"{name}-{next(_references)}",
                                        **more)
    return answer["HostedZone"]["Id"].split("/")[-1]


@pytest.fixture
def zone(route53):
    return zone_of(route53)


def record(name, kind, *values, ttl=300, **more):
    return {"Name": name, "Type": kind, "TTL": ttl,
            "ResourceRecords": [{"Value": v} for v in values], **more}


def change(route53, zone, *changes):
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": r} for action, r in changes]}
    return route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def records(route53, zone):
    pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
    return [r for page in pages for r in page["ResourceRecordSets"]]


def test_zone_begins_with_ns_and_soa(route53, zone):
    ns, soa = records(route53, zone)
    assert (ns["Type"], ns["TTL"], len(ns["ResourceRecords"])) == ("NS", 172800, 4)
    assert (soa["Type"], soa["TTL"]) == ("SOA", 900)
    assert soa["ResourceRecords"][0]["Value"].endswith(" 1 7200 900 1209600 86400")


def test_reference_makes_one_zone(route53):
    route53.create_hosted_zone(Name="a.com", CallerReference="once")
    with fails("HostedZoneAlreadyExists", status=409):
        route53.create_hosted_zone(Name="a.com", CallerReference="once")


def test_zone_with_records_stays(route53, zone):
    change(route53, zone, ("CREATE", record("www.example.com", "A", "10.0.0.1")))
    with fails("HostedZoneNotEmpty", "The specified hosted zone contains non-required resource "
               "record sets  and so cannot be deleted."):
        route53.delete_hosted_zone(Id=zone)
    change(route53, zone, ("DELETE", record("www.example.com", "A", "10.0.0.1")))
    route53.delete_hosted_zone(Id=zone)
    with fails("NoSuchHostedZone", f"No hosted zone found with ID: {zone}", 404):
        route53.get_hosted_zone(Id=zone)


def test_a_change_comes_into_sync(route53, zone):
    info = change(route53, zone, ("CREATE", record("a.example.com", "A", "10.0.0.1")))
    route53.get_waiter("resource_record_sets_changed").wait(
        Id=info["ChangeInfo"]["Id"], WaiterConfig={"Delay": 1, "MaxAttempts": 90})


def test_names_become_canonical(route53, zone):
    change(route53, zone, ("CREATE", record("*.EXAMPLE.com", "A", "10.0.0.1")))
    assert "\\052.example.com." in names(records(route53, zone), "Name")


def test_upsert(route53, zone):
    for address in ("10.0.0.1", "10.0.0.2"):
        change(route53, zone, ("UPSERT", record("a.example.com", "A", address)))
    found = [r for r in records(route53, zone) if r["Type"] == "A"]
    assert found[0]["ResourceRecords"] == [{"Value": "10.0.0.2"}]


def test_batch_is_all_or_nothing(route53, zone):
    with fails("InvalidChangeBatch"):
        change(route53, zone, ("CREATE", record("a.example.com", "A", "10.0.0.1")),
               ("DELETE", record("none.example.com", "A", "10.0.0.1")))
    assert len(records(route53, zone)) == 2


A = record("a.example.com", "A", "10.0.0.1")
MESSAGES = {
    "created twice": (
        [("CREATE", A)], ("CREATE", A),
        "Tried to create resource record set [name='a.example.com.', type='A'] but it already "
        "exists"),
    "deleted but absent": (
        [], ("DELETE", A),
        "Tried to delete resource record set [name='a.example.com.', type='A'] but it was not "
        "found"),
    "deleted with other values": (
        [("CREATE", A)], ("DELETE", record("a.example.com", "A", "10.9.9.9")),
        "Tried to delete resource record set [name='a.example.com.', type='A'] but the values "
        "provided do not match the current values"),
    "CNAME at the apex": (
        [], ("CREATE", record("example.com", "CNAME", "x.net")),
        "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone "
        "example.com."),
    "CNAME beside another": (
        [("CREATE", A)], ("CREATE", record("a.example.com", "CNAME", "x.net")),
        "RRSet of type CNAME with DNS name a.example.com. is not permitted as it conflicts with "
        "other records with the same DNS name in zone example.com."),
    "another beside a CNAME": (
        [("CREATE", record("a.example.com", "CNAME", "x.net"))], ("CREATE", A),
        "RRSet of type A with DNS name a.example.com. is not permitted because a conflicting "
        "RRSet of type CNAME with the same DNS name already exists in zone example.com."),
    "outside the zone": (
        [], ("CREATE", record("a.example.org", "A", "10.0.0.1")),
        "RRSet with DNS name a.example.org. is not permitted in zone example.com."),
    "simple beside weighted": (
        [("CREATE", record("a.example.com", "A", "10.0.0.2", SetIdentifier="w", Weight=1))],
        ("CREATE", A),
        "RRSet with DNS name a.example.com., type A, SetIdentifier null cannot be created as other "
        "RRSets exist with the same name and type."),
    "weighted beside simple": (
        [("CREATE", A)],
        ("CREATE", record("a.example.com", "A", "10.0.0.2", SetIdentifier="w", Weight=1)),
        "RRSet with DNS name a.example.com., type A, SetIdentifier w cannot be created as a "
        "non-weighted set exists with the same name and type."),
    "SOA deleted": (
        [], ("DELETE", None), "A HostedZone must contain exactly one SOA record."),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_refusals(route53, zone, case):
    before, (action, wanted), message = MESSAGES[case]
    for step in before:
        change(route53, zone, step)
    if wanted is None:
        wanted = records(route53, zone)[1]
    with fails("InvalidChangeBatch", f"[{message}]"):
        change(route53, zone, (action, wanted))


def test_bad_values_are_named(route53, zone):
    with fails("InvalidChangeBatch",
               "[Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not "
               "a valid IPv4 address) encountered with '10.0.0.999'']"):
        change(route53, zone, ("CREATE", record("a.example.com", "A", "10.0.0.999")))


def test_order_of_records(route53, zone):
    wanted = ["b.example.com", "a.b.example.com", "a-b.example.com", "c.example.com"]
    change(route53, zone, *[("CREATE", record(n, "A", "10.0.0.1")) for n in wanted])
    found = names([r for r in records(route53, zone) if r["Type"] == "A"], "Name")
    assert found == ["a-b.example.com.", "b.example.com.", "a.b.example.com.", "c.example.com."]


def test_pages_of_records(route53, zone):
    change(route53, zone, *[("CREATE", record(f"h{i}.example.com", "A", "10.0.0.1"))
                            for i in range(9)])
    pages = route53.get_paginator("list_resource_record_sets").paginate(
        HostedZoneId=zone, PaginationConfig={"PageSize": 4})
    assert [len(p["ResourceRecordSets"]) for p in pages] == [4, 4, 3]


def test_alias_to_a_record_of_the_zone(route53, zone):
    target = {"HostedZoneId": zone, "DNSName": "a.example.com", "EvaluateTargetHealth": False}
    alias = {"Name": "www.example.com", "Type": "A", "AliasTarget": target}
    with fails("InvalidChangeBatch"):
        change(route53, zone, ("CREATE", alias))
    change(route53, zone, ("CREATE", A), ("CREATE", alias))
    found = [r for r in records(route53, zone) if "AliasTarget" in r]
    assert found[0]["AliasTarget"]["DNSName"] == "a.example.com."


def test_neither_values_nor_alias(route53, zone):
    with fails("InvalidInput"):
        change(route53, zone, ("CREATE", {"Name": "a.example.com", "Type": "A"}))


def test_private_zone(route53, ec2, vpc):
    where = {"VPCRegion": "us-east-1", "VPCId": vpc}
    zone = zone_of(route53, "internal", VPC=where)
    answer = route53.get_hosted_zone(Id=zone)
    assert answer["HostedZone"]["Config"]["PrivateZone"] is True
    assert answer["VPCs"] == [where]
    with fails("LastVPCAssociation"):
        route53.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC=where)
    second = {"VPCRegion": "us-east-1",
              "VPCId": ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]}
    route53.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=second)
    assert len(route53.get_hosted_zone(Id=zone)["VPCs"]) == 2


def test_two_private_zones_of_one_name_in_a_vpc(route53, vpc):
    where = {"VPCRegion": "us-east-1", "VPCId": vpc}
    zone_of(route53, "internal", VPC=where)
    with fails("ConflictingDomainExists"):
        zone_of(route53, "internal", VPC=where)


def test_zones_by_name(route53):
    for name in ("b.com", "a.com", "a.org"):
        zone_of(route53, name)
    found = names(route53.list_hosted_zones_by_name()["HostedZones"], "Name")
    assert found == ["a.com.", "b.com.", "a.org."]


def test_tags_of_a_zone(route53, zone):
    where = {"ResourceType": "hostedzone", "ResourceId": zone}
    route53.change_tags_for_resource(**where, AddTags=[{"Key": "a", "Value": "1"}])
    tags = route53.list_tags_for_resource(**where)["ResourceTagSet"]["Tags"]
    assert tags == [{"Key": "a", "Value": "1"}]


def test_health_check(route53):
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": "example.com"}
    check = route53.create_health_check(CallerReference="c", HealthCheckConfig=config)
    found = route53.get_health_check(HealthCheckId=check["HealthCheck"]["Id"])["HealthCheck"]
    assert found["HealthCheckConfig"]["Port"] == 443
    route53.delete_health_check(HealthCheckId=found["Id"])


LISTS = {
    "list_hosted_zones": {},
    "list_hosted_zones_by_name": {},
    "list_hosted_zones_by_vpc": {"VPCId": "vpc-0123456789abcdef0", "VPCRegion": "us-east-1"},
    "list_health_checks": {},
    "list_resource_record_sets": {"HostedZoneId": None},
}


@pytest.mark.parametrize("operation", LISTS)
def test_how_many_items_may_be_asked_for(route53, zone, operation):
    """At least one; of more than a page holds, a page."""
    given = {k: v or zone for k, v in LISTS[operation].items()}
    for wrong in ("0", "-1", "abc", "1.5", ""):
        with fails("InvalidInput", status=400):
            getattr(route53, operation)(MaxItems=wrong, **given)
    answer = getattr(route53, operation)(MaxItems="1000000000000", **given)
    assert answer["MaxItems"] == ("300" if "record" in operation else "100")


def test_zones_of_a_vpc_in_pages(route53, ec2, vpc):
    made = {zone_of(route53, f"z{i}.internal", VPC={"VPCRegion": "us-east-1", "VPCId": vpc})
            for i in range(3)}
    asked = {"VPCId": vpc, "VPCRegion": "us-east-1", "MaxItems": "2"}
    first = route53.list_hosted_zones_by_vpc(**asked)
    second = route53.list_hosted_zones_by_vpc(NextToken=first["NextToken"], **asked)
    assert "NextToken" not in second
    found = [z["HostedZoneId"] for page in (first, second) for z in page["HostedZoneSummaries"]]
    assert len(found) == 3 and set(found) == made
    with fails("InvalidPaginationToken", status=400):
        route53.list_hosted_zones_by_vpc(NextToken="nonsense", **asked)
