"""Lambda over kill -9: events that were taken are run, and no process is left."""

import os
import signal
import time

import pytest
from functions_support import package, trust, until
from test_cloudformation_kill import Server, serve  # noqa: F401 (a fixture)

# Notes its pid and that of a child of its own in the folder that the event names; slow the first time.
SLOW = """
import os, subprocess, time
def handler(event, context):
    folder = event["folder"]
    first = not os.path.exists(folder + "/begun")
    child = subprocess.Popen(["sleep", "600"], start_new_session=True) if first else None
    with open(folder + "/begun", "a") as file:
        file.write("%d %d\\n" % (os.getpid(), child.pid if child else 0))
    if first:
        time.sleep(600)
    with open(folder + "/done", "w") as file:
        file.write(context.aws_request_id)
"""


def is_running(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def read(path):
    return path.read_text() if path.exists() else ""


def test_an_event_survives_a_kill_and_its_processes_do_not(serve, tmp_path):  # noqa: F811
    server = serve()
    role = server.client("iam").create_role(RoleName="runs", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    functions = server.client("lambda")
    functions.create_function(FunctionName="slow", Runtime="python3.12", Role=role, Handler="index.handler", Timeout=900,
                              Code={"ZipFile": package(SLOW)})
    answer = functions.invoke(FunctionName="slow", InvocationType="Event", Payload=f'{{"folder": "{tmp_path}"}}'.encode())
    begun = until(lambda: read(tmp_path / "begun").endswith("\n") and read(tmp_path / "begun"))
    pid, child = map(int, begun.split())
    assert is_running(pid) and is_running(child)
    server.kill()
    until(lambda: not is_running(pid))
    assert is_running(child)  # it is nobody's child any more: the next start ends it
    serve()
    assert until(lambda: read(tmp_path / "done")) == answer["ResponseMetadata"]["RequestId"]
    until(lambda: not is_running(child))


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGKILL])
def test_folders_of_environments_go_with_the_server_or_with_the_next(serve, tmp_path, signal_number, monkeypatch):  # noqa: F811
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    server = serve()
    role = server.client("iam").create_role(RoleName="runs", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    functions = server.client("lambda")
    functions.create_function(FunctionName="f", Runtime="python3.12", Role=role, Handler="index.handler", Timeout=60,
                              Code={"ZipFile": package()})
    functions.invoke(FunctionName="f")
    assert len(os.listdir(scratch)) == 1
    server.process.send_signal(signal_number)
    server.process.wait()
    if signal_number == signal.SIGKILL:
        assert len(os.listdir(scratch)) == 1
        serve()
    until(lambda: os.listdir(scratch) == [])
