"""What is shown drives no terminal, gives away no secret, and is the same wherever it is shown."""

import base64
import json
import re
import subprocess

import boto3
import pytest
from botocore.config import Config

from conftest import MAINSTAY

REGION = "us-east-1"
# A clear screen, a title, one-character CSI, right-to-left, a line that passes for one of ours.
NASTY = "\\e[2J\\e]0;title\\a\\u009b31m\\u202egnp\\nerror[Fake]: owned\\x7f"
BAD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
SECURE, PLAIN, ENCRYPTED, HIDDEN = "correct-horse-battery", "plainly-a-value", "kms-sealed-staple\nand-its-other-line", "noecho-stapler-9"


def check_shown(*texts):
    for text in texts:
        assert not BAD.search(text), BAD.search(text)
        assert not re.search("^error.Fake", text, re.M)


@pytest.fixture
def nasty(tmp_path):
    (tmp_path / "c.yml").write_text(f'''namespace: shown
stacks:
  - name: a
    template_path: t.yml
    variables: {{Word: "${{word}}"}}
''')
    (tmp_path / "t.yml").write_text(f'''Parameters: {{Word: {{Type: String}}}}
Resources:
  Topic: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: "{NASTY}", Description: !Ref Word}}}}
Outputs:
  Odd: {{Value: "{NASTY}"}}
''')
    (tmp_path / "one.yaml").write_text('word: "1"\n')
    (tmp_path / "two.yaml").write_text(f'word: "{NASTY}"\n')
    return tmp_path


@pytest.mark.parametrize("json_flag", [[], ["--json"]])
def test_nothing_from_outside_drives_the_terminal(program, nasty, json_flag):
    def run(verb, *arguments, code=0):
        done = program.run(verb, *json_flag, *arguments, folder=nasty, code=code)
        check_shown(done.stdout, done.stderr)
        for line in done.stdout.splitlines() if json_flag else []:
            json.loads(line)
        return done.stdout

    assert "a" in run("diff", "one.yaml", "c.yml")
    run("up", "--tail", "one.yaml", "c.yml")
    shown = run("info", "one.yaml", "c.yml")
    assert ("\\u009b31m" if json_flag else "\\x9b31m") in shown
    run("diff", "two.yaml", "c.yml")
    run("up", "--tail", "two.yaml", "c.yml", code=None)
    run("diff", "two.yaml", nasty / "no\x1b[2J\nerror[Fake]: owned", code=3)
    run("up", "-e", "word=x", "-e", "no\x1b=\u202e", "c.yml", code=None)
    run("up", "--stacks", "\u009b\x1b[2J", "one.yaml", "c.yml", code=3)


def test_names_in_the_configuration(program, tmp_path):
    (tmp_path / "c.yml").write_text(f'namespace: x\nstacks: [{{name: "a{NASTY}", template_path: t}}]\n')
    for verb in ("up", "graph", "info"):
        done = program.run(verb, "c.yml", folder=tmp_path, code=None)
        check_shown(done.stdout, done.stderr)
    (tmp_path / "c.yml").write_text(f'namespace: x\nstacks: []\n"{NASTY}": 3\n')
    done = program.run("up", "c.yml", folder=tmp_path, code=3)
    check_shown(done.stdout, done.stderr)
    (tmp_path / "c.yml").write_text(f'namespace: x\nstacks: [{{name: "a{NASTY}", enabled: false}}]\n')
    for arguments in (["up", "-o"], ["graph"], ["graph", "-f", "json"], ["info"], ["diff"], ["up"]):
        done = program.run(*arguments, "c.yml", folder=tmp_path, code=None)
        check_shown(done.stdout, done.stderr)


def test_names_in_policies_and_snapshots(program, tmp_path):
    odd = json.loads(f'"{NASTY}"'.replace("\\e", "\\u001b").replace("\\a", "\\u0007").replace("\\x7f", "\\u007f"))
    (tmp_path / "p.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": odd, "Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::{odd}/*"}]}, ensure_ascii=False))
    for form in (["--format", "text"], ["--format", "sarif"], ["--format", "junit"], ["--json"]):
        done = program.run("access", "check", "p.json", "--never", "s3:GetObject", *form, folder=tmp_path, code=None)
        check_shown(done.stdout, done.stderr)
    done = program.run("access", "can", f"role/{odd}", f"s3:{odd}", odd, "--memory", folder=tmp_path, code=None)
    check_shown(done.stdout, done.stderr)
    for arguments in (["explain", odd], [odd], ["up", f"--{odd}"], ["up", "--color", odd, "c"]):
        done = program.run(*arguments, folder=tmp_path, code=3)
        check_shown(done.stdout, done.stderr)


@pytest.fixture
def served(tmp_path):
    process = subprocess.Popen([MAINSTAY, "cloud", "serve", "--memory", "--port", "0"], stdout=subprocess.PIPE, text=True)
    yield re.search(r"http://\S+", process.stdout.readline()).group(0)
    process.terminate()
    process.wait(timeout=60)


def client(url, service):
    return boto3.client(service, endpoint_url=url, region_name=REGION, aws_access_key_id="123456789012",
                        aws_secret_access_key="x", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def secretive(served, tmp_path):
    """A configuration whose parameters come from SSM, KMS and the command line; Broken makes AWS repeat them."""
    ssm = client(served, "ssm")
    ssm.put_parameter(Name="/secure", Type="SecureString", Value=SECURE)
    ssm.put_parameter(Name="/plain", Type="String", Value=PLAIN)
    kms = client(served, "kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    sealed = base64.b64encode(kms.encrypt(KeyId=key, Plaintext=ENCRYPTED.encode())["CiphertextBlob"]).decode()
    (tmp_path / "c.yml").write_text(f"""namespace: secret
stacks:
  - name: a
    template_path: ${{template}}
    variables:
      Secure: ${{ssmstore us-east-1@/secure}}
      Plain: ${{ssmstore us-east-1@/plain}}
      Sealed: ${{kms us-east-1@{sealed}}}
      Hidden: ${{hidden}}
""")
    parameters = "Parameters: {Secure: {Type: String}, Plain: {Type: String}, Sealed: {Type: String}, " \
                 "Hidden: {Type: String, NoEcho: true}}\n"
    (tmp_path / "good.yml").write_text(
        parameters + "Resources:\n  Kept: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: "
        "!Sub 'all: ${Secure} ${Plain} ${Sealed} ${Hidden}', Description: !Ref Secure}}\n"
        "Outputs: {All: {Value: !Sub '${Secure}/${Sealed}/${Hidden}'}}\n")
    for name in ("Secure", "Sealed", "Hidden"):
        (tmp_path / f"bad{name}.yml").write_text(
            parameters + f"Resources:\n  Queue: {{Type: AWS::SQS::Queue, Properties: {{DelaySeconds: !Ref {name}}}}}\n")
    return ["--endpoint", served, "-e", f"hidden={HIDDEN}"]


def check_kept(*texts):
    for text in texts:
        for secret in (SECURE, PLAIN, *ENCRYPTED.split("\n"), HIDDEN):
            assert secret not in text, text


@pytest.mark.parametrize("json_flag", [[], ["--json"]])
def test_secrets_are_not_shown(program, secretive, tmp_path, json_flag):
    def run(verb, template, *flags, code=0):
        into = tmp_path / "lines"
        done = program.run(verb, *json_flag, *secretive, *flags, "--json-into", into, "-e", f"template={template}",
                           "c.yml", folder=tmp_path, code=code)
        check_kept(done.stdout, done.stderr, into.read_text())
        return done.stdout + done.stderr

    assert "****" in run("diff", "good.yml")
    run("up", "good.yml", "--dump", tmp_path / "dumped")
    check_kept(*(path.read_text() for path in (tmp_path / "dumped").iterdir()))
    run("up", "good.yml", "--tail")
    run("diff", "good.yml", "-e", "hidden=another-value")
    for name in ("Secure", "Sealed", "Hidden"):
        # CloudFormation's validation says what is wrong with the value, and run() that it isn't shown.
        assert "expected type: Integer" in run("diff", f"bad{name}.yml", code=4)
        run("up", f"bad{name}.yml", "--tail", code=4)


def test_credentials_are_not_shown(program, tmp_path, served):
    """Not even where an error repeats them."""
    secret = "wJalrXUtnFEMIxK7MDENGxbPxRfiCYEXAMPLEKEY"
    (tmp_path / "c.yml").write_text(f"namespace: x\nstacks: [{{name: a, template_path: {secret}.yml}}]\n")
    done = program.run("up", "--endpoint", served, "c.yml", folder=tmp_path, code=None, AWS_ACCESS_KEY_ID="123456789012",
                       AWS_SECRET_ACCESS_KEY=secret)
    assert "****.yml" in done.stderr
    assert secret not in done.stdout + done.stderr


def test_neither_locale_nor_time_zone_count(program, nasty):
    def shown(**variables):
        done = program.run("diff", "--json", "--memory", "one.yaml", "c.yml", folder=nasty, **variables)
        return [{k: v for k, v in json.loads(line).items() if k not in ("time", "run")}
                for line in done.stdout.splitlines()]

    def text(**variables):
        done = program.run("diff", "--memory", "two.yaml", "c.yml", folder=nasty, **variables)
        return done.stdout + done.stderr

    odd = {"LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE", "TZ": "Asia/Kathmandu"}
    assert shown(**odd) == shown(LC_ALL="C", TZ="UTC")
    assert text(**odd) == text(LC_ALL="C", TZ="UTC")
    done = program.run("up", "--json", "--memory", "one.yaml", "c.yml", folder=nasty, **odd)
    times = [line[key] for line in map(json.loads, done.stdout.splitlines()) for key in ("time", "event_time") if key in line]
    assert len(times) > 5 and all(time.endswith("Z") for time in times)
    plain = program.run("up", "--json", "--memory", "one.yaml", "c.yml", folder=nasty, TZ="UTC")
    assert times[0][:13] <= json.loads(plain.stdout.splitlines()[0])["time"][:13]


def test_what_is_found_before_anything_is_made_is_the_cause(program, tmp_path):
    """CloudFormation's own validation stops the operation; its stack only says where to look."""
    (tmp_path / "t.yml").write_text("Resources:\n  Fine: {Type: AWS::SNS::Topic}\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {DelaySecond: 5}\n")
    (tmp_path / "c.yml").write_text("namespace: n\nstacks:\n- {name: a, template_path: t.yml}\n")
    said = program.run("up", "c.yml", folder=tmp_path, code=4).stderr
    assert "CAUSE  Queue  SQS::Queue  VALIDATION_FAILED" in said and "t.yml:3:3" in said and "DelaySecond" in said
