"""kill -9 of a cloud whose databases are real: what they held is there again, and no server is left behind."""

import os
import pathlib
import signal
import subprocess
import time

import boto3
import pytest
from test_rds import SETTINGS, available, needs_postgres, snapshot, sql

MAINSTAY = os.environ.get("MAINSTAY_BIN", str(pathlib.Path(__file__).resolve().parents[2] / "build/release/mainstay"))


class Cloud:
    def __init__(self, state):
        self.state = state
        self.start()

    def start(self):
        self.process = subprocess.Popen([MAINSTAY, "cloud", "serve", "--port", "0", "--state", str(self.state)],
                                        stdout=subprocess.PIPE, text=True)
        url = self.process.stdout.readline().split()[4]
        self.rds = boto3.client("rds", endpoint_url=url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.start()

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def answer(self, name, text):
        """What the database says, once it is there again."""
        for _ in range(100):
            db = available(self.rds, name)
            try:
                return sql(db, text)
            except AssertionError:
                time.sleep(0.1)
        return sql(db, text)


@pytest.fixture
def cloud(tmp_path):
    made = Cloud(tmp_path / "state")
    yield made
    for db in made.rds.describe_db_instances()["DBInstances"]:
        made.rds.delete_db_instance(DBInstanceIdentifier=db["DBInstanceIdentifier"], SkipFinalSnapshot=True)
    made.stop()


def servers():
    found = set()
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if b"mainstay-databases" in (process / "cmdline").read_bytes():
                found.add(process.name)
        except OSError:
            pass
    return found


@needs_postgres
def test_a_database_outlives_its_cloud(cloud):
    others = servers()  # of the cloud that all tests share
    settings = {**SETTINGS, "Engine": "postgres", "DBName": "app", "BackupRetentionPeriod": 0}
    cloud.rds.create_db_instance(DBInstanceIdentifier="db", **settings)
    cloud.answer("db", "create table t as select generate_series(1, 1000) n")
    for _ in range(2):
        cloud.kill()
        assert cloud.answer("db", "select count(*) from t") == "1000"
    cloud.rds.create_db_instance(DBInstanceIdentifier="other", **settings)
    time.sleep(0.2)  # amid its creation
    cloud.kill()
    assert cloud.answer("other", "select 1") == "1"
    available(cloud.rds)
    cloud.rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="s")
    cloud.kill()
    assert snapshot(cloud.rds, "s")["Status"] == "available"
    assert cloud.answer("db", "select count(*) from t") == "1000"
    cloud.stop()
    assert servers() == others
    cloud.start()
    assert cloud.answer("db", "select count(*) from t") == "1000"
