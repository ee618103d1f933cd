"""stacker's documented behaviour, case by case (stacker_cases.yaml)."""

import pathlib
import shlex

import pytest
import yaml

HERE = pathlib.Path(__file__).resolve().parent
CASES = yaml.safe_load((HERE / "stacker_cases.yaml").read_text())
PLAIN = ('{"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}}, '
         '"Outputs": {"Name": {"Value": {"Ref": "P"}}}}')
NAMED = ('{"Parameters": {"Name": {"Type": "String"}, "Of": {"Type": "String"}}, "Resources": {"P": {"Type": "AWS::SSM::Parameter", '
         '"Properties": {"Type": "String", "Value": {"Ref": "Name"}}}}}')
BAD = '{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "not a name!"}}}}'


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(program, case):
    for name, text in (("stacker.yml", case["config"]), ("test.env", "namespace: test\n"), ("plain.json", PLAIN),
                       ("named.json", NAMED), ("bad.json", BAD)):
        (program.home / name).write_text(text)
    for step in case["steps"]:
        done = program.run(*shlex.split(step["run"]), folder=program.home, code=step.get("code", 0))
        said = done.stdout + done.stderr
        for text in step.get("says", []):
            assert text in said, said
        for text in step.get("never", []):
            assert text not in said, said
