"""How long configurations take: stacks of Python blueprints rendered in one process, plans of thousands, hundreds of
trivial stacks made and left alone; the same by stacker itself where it is installed (MAINSTAY_STACKER_PYTHON).

usage: bench/stacks.py [--repeat N]; prints a table, and fails where a budget is missed twice over.
"""

import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
MAINSTAY = os.environ.get("MAINSTAY_BIN", str(ROOT / "build/release/mainstay"))
TEMPLATE = '{"Resources": {"Q": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}}}'
BLUEPRINT = """
from troposphere import Output, Ref, sqs
from stacker.blueprints.base import Blueprint
from stacker.blueprints.variables.types import CFNString

class Queues(Blueprint):
    VARIABLES = {"Name": {"type": CFNString}, "Count": {"type": int, "default": 5}}

    def create_template(self):
        v = self.get_variables()
        for i in range(v["Count"]):
            self.template.add_resource(sqs.Queue("Queue%d" % i, VisibilityTimeout=i))
            self.template.add_output(Output("Url%d" % i, Value=Ref("Queue%d" % i)))
"""


def configuration(folder, count, line, layers_of=0):
    stacks = []
    for i in range(count):
        needs = ""
        if layers_of and i >= layers_of:
            first = i - i % layers_of - layers_of
            needs = ", requires: [%s]" % ", ".join("s%d" % n for n in range(first, first + layers_of))
        stacks.append("  - {name: s%d, %s%s}" % (i, line, needs))
    (folder / "stacker.yml").write_text("namespace: bench\nsys_path: .\nstacks:\n" + "\n".join(stacks) + "\n")


def seconds(folder, command, repeat=1, fresh=None, environment=None):
    took = []
    for _ in range(repeat):
        if fresh:
            shutil.rmtree(fresh, ignore_errors=True)
        start = time.perf_counter()
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=environment)
        took.append(time.perf_counter() - start)
        if done.returncode:
            sys.exit(" ".join(map(str, command)) + ":\n" + (done.stdout + done.stderr)[-2000:])
    return statistics.median(took)


def stacker_graph(folder, python):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    return seconds(folder, [python, ROOT / "tests/stacker/run_stacker.py", "graph", "-r", "us-east-1", "stacker.yml"],
                   environment={**environment, "AWS_EC2_METADATA_DISABLED": "true"})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeat", type=int, default=3)
    repeat = parser.parse_args().repeat
    stacker = os.environ.get("MAINSTAY_STACKER_PYTHON")
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        state = folder / "state"
        run = [MAINSTAY, "up", "-r", "us-east-1", "--state", state, "stacker.yml"]
        (folder / "bp.py").write_text(BLUEPRINT)
        (folder / "t.json").write_text(TEMPLATE)
        configuration(folder, 400, "class_path: bp.Queues, variables: {Name: a}")
        rows.append(("400 stacks of Python blueprints rendered (up --dump)", 2.0, seconds(
            folder, [MAINSTAY, "up", "--memory", "-r", "us-east-1", "-d", "out", "stacker.yml"], repeat)))
        configuration(folder, 2000, "template_path: t.json", 10)
        rows.append(("2,000 stacks in linked layers of 10 planned (graph)", 0.1,
                     seconds(folder, [MAINSTAY, "graph", "stacker.yml"], repeat)))
        configuration(folder, 400, "template_path: t.json")
        rows.append(("400 trivial stacks made (up)", 2.0, seconds(folder, run, repeat, fresh=state)))
        rows.append(("the same again, unchanged", 0.3, seconds(folder, run, repeat)))
        if stacker:
            configuration(folder, 150, "template_path: t.json", 10)
            rows.append(("150 stacks in layers of 10, graph, mainstay", None, seconds(folder, [MAINSTAY, "graph", "stacker.yml"], repeat)))
            rows.append(("150 stacks in layers of 10, graph, stacker", None, stacker_graph(folder, stacker)))
    missed = False
    for what, budget, took in rows:
        print("%-55s %8.3f s%s" % (what, took, "" if budget is None else "   budget %.1f s" % budget))
        missed |= budget is not None and took > 2 * budget
    sys.exit(missed)


if __name__ == "__main__":
    main()
