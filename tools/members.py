"""The members that handlers read of requests, checked against the models.

A request has no member that its model lacks, so a name that is spelled wrong reads as one that was not given. What
stands as in["Name"], in.has("Name") or in.find("Name") must be a member of the model of the room's service or of one
whose name stands in the room. (What handlers answer is checked while the tests of clients run:
MAINSTAY_CHECK_OUTPUTS_BUT.)
"""

import gzip
import json
import pathlib
import re

import data_pack

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = r'"([A-Za-z][A-Za-z0-9]*)"'
READ = re.compile(rf"\bin(?:\[{NAME}\]|\.(?:has|find)\({NAME})")


class Models:
    def __init__(self):
        pin = json.loads((ROOT / "data" / "pins.json").read_text())["botocore"]
        self.wheel = data_pack.fetch("botocore", pin)
        self.newest, self.members = {}, {}
        for name in self.wheel.namelist():
            parts = name.split("/")
            if name.startswith("botocore/data/") and name.endswith("/service-2.json.gz"):
                self.newest[parts[2]] = max(self.newest.get(parts[2], ""), name)

    def members_of(self, service):
        if service not in self.members:
            model = json.loads(gzip.decompress(self.wheel.read(self.newest[service])))
            self.members[service] = {m for shape in model["shapes"].values() for m in shape.get("members", {})}
        return self.members[service]


def faults_of(room, models):
    texts = {f: f.read_text() for f in sorted(room.glob("*.cc"))}
    named = set(re.findall(r'"([a-z0-9]+)"', "\n".join(texts.values())))
    services = sorted({room.name} | {s for s in named if s in models.newest})
    members = set().union(*(models.members_of(s) for s in services))
    for file, text in texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            for name in (a or b for a, b in READ.findall(line)):
                if name not in members:
                    yield f"{file.relative_to(ROOT)}:{number}: {name} is no member of the models of {', '.join(services)}"


def faults():
    models = Models()
    for room in sorted((ROOT / "src" / "services").iterdir()):
        if room.name in models.newest:
            yield from faults_of(room, models)
