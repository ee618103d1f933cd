"""The helpers of stacker.util that blueprints and hooks use."""

import copy
import importlib
import os
import re
import sys
import uuid


def camel_to_snake(name):
    """VpcPeering2 -> vpc_peering2"""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).lower()


def convert_class_name(kls):
    return camel_to_snake(kls.__name__)


def uppercase_first_letter(s):
    return s[:1].upper() + s[1:]


def cf_safe_name(name):
    """Of letters and digits only, as logical ids are: my-app -> MyApp"""
    return "".join(uppercase_first_letter(part) for part in re.findall(r"[a-zA-Z0-9]+", name))


def load_object_from_string(fqcn):
    """What a dotted path names: a module's class, function or variable."""
    module_name, _, name = fqcn.rpartition(".")
    if not module_name:
        return getattr(sys.modules["__main__"], name)
    module = importlib.import_module(module_name)
    return getattr(sys.modules.get(module_name, module), name)


def merge_map(a, b):
    """b into a, in place: maps are merged, lists joined, anything else is b's."""
    if isinstance(a, list) and isinstance(b, list):
        return a + b
    if not (isinstance(a, dict) and isinstance(b, dict)):
        return b
    for key, value in b.items():
        a[key] = merge_map(a[key], value) if key in a else value
    return a


def _yaml():
    import yaml
    return yaml


def yaml_to_ordered_dict(stream, loader=None):
    return _yaml().load(stream, loader or _yaml().SafeLoader)  # maps keep their order anyway


def parse_cloudformation_template(template):
    """JSON, or YAML with the short forms of intrinsic functions."""
    yaml = _yaml()

    class Loader(yaml.SafeLoader):
        pass

    def intrinsic(loader, suffix, node):
        if isinstance(node, yaml.ScalarNode):
            value = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = loader.construct_mapping(node, deep=True)
        if suffix == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix: value}

    Loader.add_multi_constructor("!", intrinsic)
    # Dates are text in templates.
    Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))
    return yaml.load(template, Loader)


def get_config_directory():
    from mainstay_host import settings
    return settings.directory


def read_value_from_path(value):
    """A text, or with file:// what stands in the file, which is relative to the configuration."""
    if not value.startswith("file://"):
        return value
    with open(os.path.join(get_config_directory(), value[len("file://"):])) as file:
        return file.read()


# Route 53.

def parse_zone_id(full_zone_id):
    return full_zone_id.split("/")[2]


def get_hosted_zone_by_name(client, zone_name):
    for page in client.get_paginator("list_hosted_zones").paginate():
        for zone in page["HostedZones"]:
            if zone["Name"] == zone_name:
                return parse_zone_id(zone["Id"])
    return None


def get_or_create_hosted_zone(client, zone_name):
    found = get_hosted_zone_by_name(client, zone_name)
    if found:
        return found
    made = client.create_hosted_zone(Name=zone_name, CallerReference=uuid.uuid4().hex)
    return parse_zone_id(made["HostedZone"]["Id"])


class SOARecordText:
    """The seven fields of a start of authority (RFC 1035, 3.3.13)."""

    FIELDS = ("nameserver", "contact", "serial", "refresh", "retry", "expire", "min_ttl")

    def __init__(self, record_text):
        for field, value in zip(self.FIELDS, record_text.split()):
            setattr(self, field, value)

    def __str__(self):
        return " ".join(getattr(self, field) for field in self.FIELDS)


class SOARecord:
    def __init__(self, record):
        self.name = record["Name"]
        self.text = SOARecordText(record["ResourceRecords"][0]["Value"])
        self.ttl = record["TTL"]


def get_soa_record(client, zone_id, zone_name):
    found = client.list_resource_record_sets(HostedZoneId=zone_id, StartRecordName=zone_name, StartRecordType="SOA",
                                             MaxItems="1")
    return SOARecord(found["ResourceRecordSets"][0])


def create_route53_zone(client, zone_name):
    """The id of the zone, made if missing; what does not exist in it is forgotten after 300 s."""
    zone_name = zone_name.rstrip(".") + "."
    zone_id = get_or_create_hosted_zone(client, zone_name)
    record = get_soa_record(client, zone_id, zone_name)
    if record.text.min_ttl == "300":
        return zone_id
    text = copy.copy(record.text)
    text.min_ttl = "300"
    change = {"Name": zone_name, "Type": "SOA", "TTL": record.ttl, "ResourceRecords": [{"Value": str(text)}]}
    client.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={
        "Comment": "Negative answers for 300 s only", "Changes": [{"Action": "UPSERT", "ResourceRecordSet": change}]})
    return zone_id


# S3.

def get_client_region(client):
    return client.meta.region_name


def get_s3_endpoint(client):
    return client.meta.endpoint_url


def s3_bucket_location_constraint(region):
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html: us-east-1 is not named
    return "" if region == "us-east-1" else region


def ensure_s3_bucket(s3_client, bucket_name, bucket_region):
    from botocore.exceptions import ClientError
    try:
        s3_client.head_bucket(Bucket=bucket_name)
        return
    except ClientError as error:
        if str(error.response["Error"]["Code"]) not in ("404", "NoSuchBucket"):
            raise
    where = s3_bucket_location_constraint(bucket_region)
    extra = {"CreateBucketConfiguration": {"LocationConstraint": where}} if where else {}
    s3_client.create_bucket(Bucket=bucket_name, **extra)


def stack_template_key_name(blueprint):
    name = blueprint.name
    return "stack_templates/{}/{}-{}.json".format(blueprint.context.get_fqn(name), name, blueprint.version)
