"""A recorded test, made again: what its case asks is compared step by step with the recording."""

import concurrent.futures
import copy
import functools
import itertools
import json
import os
import pathlib
import random
import re
import threading
import traceback
import uuid

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
from recording import Comparison, plain

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORPUS = pathlib.Path(os.environ.get("MAINSTAY_CORPUS", ROOT.parent / "shared/corpus")) / "recorded"
REGION = "us-east-1"
WORKERS = 8
_making = threading.Lock()
_accounts = itertools.count(random.randrange(100_000, 900_000) * 1000)
CASES = {}


def cases(prefix):
    """A decorator of the functions that make the tests below prefix again, as "sqs/test_sqs.py::TestSqsProvider::":
    `tag_untag_queue` is `test_tag_untag_queue`, with all of its recorded variants, `[sqs]` and `[sqs_query]`. Such a
    function gets a Run."""
    def decorate(function):
        name = prefix + ("" if function.__name__.startswith("tests_") else "test_") + function.__name__
        assert name not in CASES, name
        CASES[name] = function
        return function

    return decorate


@functools.cache
def recordings(service):
    file = CORPUS / f"{service}.json"
    return json.loads(file.read_text()) if file.exists() else {}


def services():
    return sorted(f.stem for f in CORPUS.glob("*.json"))


def recorded_tests():
    """(service, name) of the recorded tests that there is a case for."""
    return [(s, name) for s in services() for name in recordings(s) if name.partition("[")[0] in CASES]


@functools.cache
def _session(query):
    session = botocore.session.Session()
    if not query:
        return session
    loader = session.get_component("data_loader")
    load = loader.load_service_model

    def as_it_was(name, kind, *more, **named):
        """The model of a service as it was before it spoke JSON, so that clients of those days can be played."""
        model = load(name, kind, *more, **named)
        patches = ROOT / f"data/overlays/{name}.query.json"
        if kind == "service-2" and patches.exists():
            model = copy.deepcopy(model)
            for patch in json.loads(patches.read_text()):
                *steps, last = patch["path"]
                functools.reduce(dict.__getitem__, steps, model)[last] = patch["set"]
            model["metadata"] = {k: v for k, v in model["metadata"].items() if k not in ("protocols", "awsQueryCompatible")}
            model["metadata"]["protocol"] = "query"
        return model

    loader.load_service_model = as_it_was
    return session


@functools.cache
def _boto3(query):
    return boto3.Session(botocore_session=_session(query))


def client(endpoint, service, account, region=REGION, query=False, secret="test", token=None, **settings):
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False, read_timeout=60, **settings)
    with _making:
        return _boto3(query).client(
            service, endpoint_url=endpoint, region_name=region, config=config,
            aws_access_key_id=account, aws_secret_access_key=secret, aws_session_token=token)


def an_account():
    return f"{next(_accounts) % 10**12 + 10**11:012d}"[-12:]


class Run:
    """What a case has at hand: `run.sqs` is a client of the test's own account; `run.param` what stands in the test's
    name between brackets; `run.step(...)` compares. Requests that are no step must succeed."""

    def __init__(self, endpoint, service, name):
        self.endpoint, self.name = endpoint, name
        self.param = name.partition("[")[2].rstrip("]")
        self.account, self.other = an_account(), an_account()
        self.recorded = recordings(service)[name]["answers"]
        self.comparison = Comparison({"<region>": REGION, "<partition>": "aws", "111111111111": self.account,
                                      "222222222222": self.other})
        self.differences, self.compared, self.fault = {}, 0, None
        self._clients = {}

    def client(self, service, **settings):
        key = (service, tuple(sorted((k, str(v)) for k, v in settings.items())))
        if key not in self._clients:
            self._clients[key] = client(self.endpoint, service, settings.pop("account", self.account), **settings)
        return self._clients[key]

    def as_who(self, service, key, secret, token=None):
        """A client with credentials of its own."""
        return client(self.endpoint, service, key, secret=secret, token=token)

    def __getattr__(self, service):
        if service.startswith("_"):
            raise AttributeError(service)
        return self.client({"functions": "lambda"}.get(service, service))

    def step(self, name, ask, *arguments, **request):
        """Compares the answer, or the error, of ask(...) with the recorded step, and gives it back; ask may be an
        answer already."""
        answer = plain(self.answer(ask, *arguments, **request) if callable(ask) else ask)
        self.compared += 1
        found = self.comparison.compare(self.recorded[name], answer)
        if found:
            self.differences[name] = found
        return answer

    @staticmethod
    def answer(ask, *arguments, **request):
        try:
            return ask(*arguments, **request)
        except ClientError as error:
            return error.response

    @staticmethod
    def words(ask, **request):
        """The text of the error that ask(...) ends in, as boto3 says it."""
        try:
            return f"no error: {ask(**request)}"
        except ClientError as error:
            return str(error).replace(" (reached max retries: 0)", "")

    def any_order(self, *members):
        self.comparison.any_order.update(members)

    def ignore(self, *members):
        self.comparison.ignored.update(members)

    def constants(self, **pairs):
        self.comparison.constants.update(pairs)

    def unique(self, kind="thing"):
        return f"{kind}-{uuid.uuid4().hex[:8]}"


def play(endpoint, service, name):
    run = Run(endpoint, service, name)
    try:
        CASES[name.partition("[")[0]](run)
    except Exception:
        run.fault = traceback.format_exc()
    return run


def play_all(endpoint, tests):
    """{name: Run}, many at a time."""
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        runs = pool.map(lambda test: (test[1], play(endpoint, *test)), tests)
        return dict(runs)


class Reasons:
    """differences.txt: `test | step | path | reason` a line, `*` in the first three for anything. Each must be met."""

    def __init__(self, file):
        self.lines = []
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if line and not line.startswith("#"):
                parts = [p.strip() for p in line.split(" | ")]
                if len(parts) != 4 or not all(parts):
                    raise ValueError(f"{file}:{number}: expected `test | step | path | reason`")
                self.lines.append((number, [self._pattern(p) for p in parts[:3]], parts))
        self.met = set()

    @staticmethod
    def _pattern(text):
        return re.compile(".*".join(re.escape(p) for p in text.split("*")), re.DOTALL)

    def why(self, test, step, path):
        for number, patterns, parts in self.lines:
            if all(p.fullmatch(t) for p, t in zip(patterns, (test, step, path or "."))):
                self.met.add(number)
                return parts[3]
        return None

    def unmet(self, tests):
        """Lines that nothing differs by any more, of those that could have been met by tests."""
        return [f"{number}: {' | '.join(parts[:3])}" for number, patterns, parts in self.lines
                if number not in self.met and any(patterns[0].fullmatch(t) for t in tests)]
