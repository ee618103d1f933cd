"""What the tests of zones share: a served cloud with a folder of files, and real name servers on free loopback ports, of
Debian's packages (tools/dev_setup.sh has them as kind "dns")."""

import os
import re
import shutil
import socket
import subprocess
import time

import boto3
import pytest
from conftest import MAINSTAY


class Zones:
    """A cloud, and a folder with a configuration of example.com."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        environment = {**os.environ, "HOME": str(folder)}
        self.process = subprocess.Popen([MAINSTAY, "cloud", "serve", "--memory", "--port", "0"], stdout=subprocess.PIPE, text=True, env=environment)
        self.url = re.search(r"http://\S+", self.process.stdout.readline()).group(0)
        self.api = boto3.client("route53", endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="123456789012", aws_secret_access_key="x")
        self.settings("{}")

    def settings(self, text, zone="example.com."):
        (self.folder / "dns.yaml").write_text(f"zones:\n  {zone}: {text}\n")

    def file(self, text, zone="example.com."):
        (self.folder / f"{zone}yaml").write_text(text)

    def run(self, command, *words, code=0):
        done = self.program.run("dns", command, "--endpoint", self.url, "-r", "us-east-1", *words, code=code, folder=self.folder,
                                AWS_ACCESS_KEY_ID="123456789012", AWS_SECRET_ACCESS_KEY="x")
        return done.stdout + done.stderr

    def plan(self, *words, code=0):
        return self.run("plan", "dns.yaml", *words, code=code)

    def apply(self, *words, code=0):
        return self.run("apply", "dns.yaml", *words, code=code)

    def applied(self, *words):
        """Applies; afterwards nothing is left to do."""
        said = self.apply(*words)
        self.run("plan", "--exit-code", "dns.yaml")
        return said

    def zone(self, name="example.com."):
        return next(z["Id"] for z in self.api.list_hosted_zones()["HostedZones"] if z["Name"] == name)

    def sets(self, name="example.com."):
        pages = self.api.get_paginator("list_resource_record_sets").paginate(HostedZoneId=self.zone(name))
        found = [s for page in pages for s in page["ResourceRecordSets"]]
        return [s for s in found if s["Type"] not in ("NS", "SOA") or s["Name"] != name]

    def values(self, name, type_):
        return sorted(r["Value"] for s in self.sets() if (s["Name"], s["Type"]) == (name, type_) for r in s["ResourceRecords"])

    def write(self, *records, action="UPSERT", zone="example.com."):
        """As somebody else does, by the API."""
        self.api.change_resource_record_sets(HostedZoneId=self.zone(zone), ChangeBatch={"Changes": [
            {"Action": action, "ResourceRecordSet": {"Name": name, "Type": type_, "TTL": 60, "ResourceRecords": [{"Value": v} for v in values]}}
            for name, type_, values in records]})

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=60)


@pytest.fixture
def zones(program, tmp_path):
    served = Zones(program, tmp_path)
    yield served
    served.close()


def free_port():
    """Free for UDP and TCP."""
    for port in range(20000, 32000):
        try:
            with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
                tcp.bind(("127.0.0.1", port))
                udp.bind(("127.0.0.1", port))
                return port
        except OSError:
            continue
    raise RuntimeError("no port is free")


class Bind:
    """named with zones from texts: {"example.com": text}."""

    def __init__(self, folder, zones, transfer="any"):
        if not shutil.which("named"):
            pytest.skip("bind9 is not installed")
        self.port = free_port()
        folder.mkdir(exist_ok=True)
        stanzas = ""
        for name, text in zones.items():
            (folder / f"db.{name}").write_text(text)
            stanzas += f'zone "{name}" {{ type primary; file "{folder}/db.{name}"; allow-transfer {{ {transfer}; }}; }};\n'
        (folder / "named.conf").write_text(f"""options {{ directory "{folder}"; pid-file "{folder}/named.pid"; listen-on port {self.port} {{ 127.0.0.1; }};
 listen-on-v6 {{ none; }}; recursion no; session-keyfile "{folder}/session.key"; managed-keys-directory "{folder}"; dnssec-validation no; check-names primary ignore; }};
controls {{ }};
{stanzas}""")
        self.log = open(folder / "named.log", "w")
        self.process = subprocess.Popen(["named", "-g", "-c", str(folder / "named.conf"), "-n", "1"], stderr=self.log, stdout=self.log)
        for _ in range(300):
            if "running" in (folder / "named.log").read_text():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError((folder / "named.log").read_text())

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=60)
        self.log.close()
