"""What the tests of Lambda share: packages, roles, and waiting."""

import io
import json
import time
import zipfile

SECONDS_MAX = 60


def package(source="def handler(event, context):\n    return event\n", name="index.py", mode=0o644):
    """A deployment package: one file's text, or {name: text}."""
    files = source if isinstance(source, dict) else {name: source}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file, text in files.items():
            info = zipfile.ZipInfo(file)
            info.external_attr = (0o100000 | mode) << 16
            archive.writestr(info, text)
    return buffer.getvalue()


def trust(service="lambda.amazonaws.com"):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]})


def allow(iam, role, *actions):
    iam.put_role_policy(RoleName=role, PolicyName="may", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}))


def payload(answer):
    return json.loads(answer["Payload"].read())


def until(look, seconds=SECONDS_MAX):
    """What `look` gives once it gives anything."""
    for _ in range(seconds * 20):
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"nothing within {seconds} s")
