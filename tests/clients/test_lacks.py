"""Of what moto lacks, only the kind of failure that is named counts."""

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from lacks import explains


def refused(code):
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "CreateStack")


def not_refused():
    with pytest.raises(pytest.fail.Exception) as caught:
        with pytest.raises(ClientError):
            pass
    return caught.value


@pytest.mark.parametrize("reason, error, yes", [
    ("accepts it", AssertionError("1 == 2"), True), ("accepts it", refused("ValidationError"), False),
    ("accepts it, or says it otherwise", refused("ValidationError"), True),
    ("answers 500", ResponseParserError("no XML"), True), ("answers 500", refused("500"), True), ("answers 500", refused("Other"), False),
    ("answers NoSuchEntity", refused("NoSuchEntity"), True), ("answers NoSuchEntity", refused("Other"), False),
    ("answers something else", AssertionError("1 == 2"), True), ("answers something else", KeyError("Tags"), True),
    *((words, fault, False) for words in ("accepts it", "answers 500", "answers NoSuchEntity", "answers something else", "knows no events")
      for fault in (NameError("x"), TypeError("x"), AttributeError("x"), ConnectionError("x")))])
def test_which_failures_a_line_explains(reason, error, yes):
    assert bool(explains(reason, error)) is yes


def test_what_is_not_refused_is_explained():
    assert explains("accepts it", not_refused())
    assert not explains("answers NoSuchEntity", not_refused())
