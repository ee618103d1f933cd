"""moto_lacks.txt: what moto's server does otherwise than these tests say, and which failures that explains.

A line's words name the kind of failure; a test that fails in another way fails. A fault of the test's own, a name that is not
there, a fixture that breaks, explains nothing."""

import pathlib
import re

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

FILE = pathlib.Path(__file__).with_name("moto_lacks.txt")
REFUSED = pytest.fail.Exception  # "DID NOT RAISE", of pytest.raises
ANSWERED_OTHERWISE = (AssertionError, ClientError, ResponseParserError, KeyError, IndexError)


def lacks():
    """Node ids and reasons: 'test_file.py::test_name: why', or a whole file's: 'test_file.py: why'."""
    lines = FILE.read_text().splitlines()
    pairs = (line.split(": ", 1) for line in lines if line and not line.startswith("#"))
    return {node: reason for node, reason in pairs}


def was_not_refused(error):
    return isinstance(error, REFUSED) and "DID NOT RAISE" in str(error)


def explains(reason, error):
    """Whether the words of a line are about this failure."""
    if re.match(r"(accepts|takes|trusts)\b", reason) and "or says it otherwise" not in reason:
        return was_not_refused(error) or isinstance(error, AssertionError)
    if "500" in reason:
        return isinstance(error, ResponseParserError) or isinstance(error, (ClientError, AssertionError)) and "500" in str(error)
    if named := re.match(r"answers ([A-Z]\w+(?:\.\w+)*)", reason):
        return isinstance(error, (ClientError, AssertionError)) and named.group(1) in str(error)
    return was_not_refused(error) or isinstance(error, ANSWERED_OTHERWISE)
