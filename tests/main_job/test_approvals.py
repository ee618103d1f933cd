"""What needs a person's yes, asked at a real terminal (a pty) and refused without one; plans that are
done as they were shown; and Ctrl-C while CloudFormation is at work."""

import json
import os
import pty
import select
import shutil
import signal
import subprocess
import time
import urllib.request

import pytest

from test_main_job import MAINSTAY, REGION, ROOT, Served

PATIENCE_S = 60


class Orders:
    """A copy of the example, built once, on an embedded cloud of its own."""

    def __init__(self, folder):
        self.folder, self.state = folder / "config", folder / "state"
        shutil.copytree(ROOT / "examples" / "orders", self.folder)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        self.environment.update(MAINSTAY_STATE=str(self.state), TERM="xterm", AWS_REGION=REGION,
                                XDG_STATE_HOME=str(folder))
        self.terminals = []
        self.run("up")

    def edit(self, name, *pairs):
        text = (self.folder / name).read_text()
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        (self.folder / name).write_text(text)

    def rename_table(self):
        self.edit("stacker.yml", ("TableName: orders", "TableName: orders-2"))

    def run(self, *arguments, code=0):
        done = subprocess.run([MAINSTAY, *arguments, "stacker.yml"], cwd=self.folder, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def at_terminal(self, *arguments):
        self.terminals.append(AtTerminal(self, arguments))
        return self.terminals[-1]

    def tables(self):
        with Served(self.state) as served:
            return served.client("dynamodb").list_tables()["TableNames"]

    def change_sets(self):
        with Served(self.state) as served:
            return served.client("cloudformation").list_change_sets(StackName="shop-orders")["Summaries"]


class AtTerminal:
    """The program on a terminal of its own: what it shows is waited for, answers are typed."""

    def __init__(self, orders, arguments):
        self.master, slave = pty.openpty()
        self.seen = ""
        self.process = subprocess.Popen([MAINSTAY, *arguments, "stacker.yml"], cwd=orders.folder,
                                        env=orders.environment, stdin=slave, stdout=slave, stderr=slave,
                                        start_new_session=True)
        os.close(slave)

    def until(self, text):
        deadline = time.monotonic() + PATIENCE_S
        while text not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if not self._read():
                break
        assert text in self.seen, self.seen
        self.seen = self.seen.split(text, 1)[1]
        return self

    def type(self, line):
        os.write(self.master, line.encode() + b"\n")
        return self

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        return self

    def ends(self, code):
        deadline = time.monotonic() + PATIENCE_S
        while self._read():
            assert time.monotonic() < deadline, self.seen
        assert self.process.wait(timeout=PATIENCE_S) == code, self.seen
        return self.seen

    def _read(self):
        ready, _, _ = select.select([self.master], [], [], 1)
        if not ready:
            return self.process.poll() is None
        try:
            data = os.read(self.master, 65536)
        except OSError:  # the other end is closed
            return False
        self.seen += data.decode(errors="replace")
        return bool(data)


@pytest.fixture
def orders(tmp_path):
    orders = Orders(tmp_path)
    yield orders
    for terminal in orders.terminals:
        terminal.process.kill()
        terminal.process.wait()


def test_without_a_terminal_nothing_is_lost_and_the_flag_is_printed(orders):
    orders.rename_table()
    assert "--approve=data:orders" in orders.run("up", code=5)
    assert "--approve=data:orders" in orders.run("up", "--approve", code=5)  # that is for protected stacks
    assert orders.tables() == ["orders"]
    assert orders.change_sets() == []
    assert "1 changed" in orders.run("up", "--approve=data:orders")
    assert orders.tables() == ["orders-2"]


def test_access_is_widened_after_a_yes_and_narrowed_without(orders):
    orders.edit("orders.yaml", ('"s3:GetObject"', '"s3:GetObject", "s3:PutObject"'))
    assert "ServiceRole gains s3:PutObject" in orders.run("diff")
    orders.run("up", code=5)
    orders.run("up", "--approve=access")
    orders.edit("orders.yaml", ('"s3:GetObject", "s3:PutObject"', '"s3:GetObject"'))
    assert "ACCESS" not in orders.run("diff")
    orders.run("up")


def test_a_plan_is_done_as_shown_or_not_at_all(orders):
    orders.rename_table()
    shown = orders.run("diff")
    plan = shown.split("--plan ")[1].split()[0]
    assert f"Next: mainstay up stacker.yml --plan {plan} --approve=data:orders" in shown
    assert plan in orders.run("diff")
    orders.edit("orders.yaml", ("Orders, their export", "Orders and their export"))
    assert "no longer holds" in orders.run("up", "--plan", plan, "--approve=data:orders", code=5)
    orders.edit("orders.yaml", ("Orders and their export", "Orders, their export"))
    with Served(orders.state) as served:  # somebody else is quicker
        served.client("cloudformation").update_stack(
            StackName="shop-orders", UsePreviousTemplate=True, Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": "TableName", "UsePreviousValue": True}],
            Tags=[{"Key": "who", "Value": "else"}])
        served.client("cloudformation").get_waiter("stack_update_complete").wait(
            StackName="shop-orders", WaiterConfig={"Delay": 1})
    assert "no longer holds" in orders.run("up", "--plan", plan, "--approve=data:orders", code=5)
    plan = orders.run("diff").split("--plan ")[1].split()[0]
    orders.run("up", "--plan", plan, "--approve=data:orders")
    assert orders.tables() == ["orders-2"]


def test_at_a_terminal_data_goes_only_by_the_stacks_name(orders):
    orders.rename_table()
    refused = orders.at_terminal("up").until('Type "orders" to go on').type("y").ends(5)
    assert "not approved" in refused
    assert orders.tables() == ["orders"] and orders.change_sets() == []
    orders.at_terminal("up").until("data would be lost").until("to go on").type("v").until(
        "its data is lost").until("to go on").type("orders").ends(0)
    assert orders.tables() == ["orders-2"]


def test_down_leaves_data_alone_even_with_force(orders):
    assert "--approve=data:orders" in orders.run("down", "--force", code=5)
    assert orders.tables() == ["orders"]
    orders.run("down", "--force", "--approve=data:orders")
    assert orders.tables() == []


WAITING = """
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Condition: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Handle, Timeout: 600}}
"""


@pytest.fixture
def waiting(orders):
    """An update that goes on until somebody signals, or ends it."""
    orders.edit("orders.yaml", ("Resources:\n", "Resources:" + WAITING))
    with Served(orders.state) as served:
        orders.cloudformation = served.client("cloudformation")
        yield orders


def status(orders):
    return orders.cloudformation.describe_stacks(StackName="shop-orders")["Stacks"][0]["StackStatus"]


def test_ctrl_c_offers_to_cancel_what_goes_on(waiting):
    terminal = waiting.at_terminal("up").until("Condition").interrupt().until("[c]ancel?").type("c")
    assert "UPDATE_ROLLBACK_COMPLETE" in terminal.ends(130)
    assert status(waiting) == "UPDATE_ROLLBACK_COMPLETE"


def test_ctrl_c_detaches_and_a_later_run_attaches(waiting):
    waiting.at_terminal("up").until("Condition").interrupt().until("[d]etach").type("d").ends(130)
    assert status(waiting) == "UPDATE_IN_PROGRESS"
    again = waiting.at_terminal("up").until("attached")
    handle = waiting.cloudformation.describe_stack_resource(
        StackName="shop-orders", LogicalResourceId="Handle")["StackResourceDetail"]["PhysicalResourceId"]
    done = json.dumps({"Status": "SUCCESS", "UniqueId": "1", "Reason": "ready", "Data": ""}).encode()
    urllib.request.urlopen(urllib.request.Request(handle, data=done, method="PUT"), timeout=PATIENCE_S)
    assert "no changes" in again.ends(0)


def test_without_a_terminal_ctrl_c_detaches_and_says_so(waiting):
    run = subprocess.Popen([MAINSTAY, "up", "stacker.yml"], cwd=waiting.folder, env=waiting.environment,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    deadline = time.monotonic() + PATIENCE_S
    while status(waiting) != "UPDATE_IN_PROGRESS":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate(timeout=PATIENCE_S)
    assert run.returncode == 130 and "goes on" in out
