"""Answers recorded on AWS against ours: pytest tests/recorded [-k WORDS] [--endpoint URL] [--write-table].

The recordings are in the corpus (MAINSTAY_CORPUS); without it nothing is compared, and that is said."""

import importlib.util
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE / "cases"), str(HERE.parent / "clients")]

from run import CORPUS, play_all  # noqa: E402

_runs = {}


def pytest_addoption(parser):
    parser.addoption("--endpoint", help="an endpoint that speaks AWS, instead of mainstay's")
    parser.addoption("--write-table", action="store_true", help="write docs/recorded.md's table instead of checking it")


def _clients_conftest():
    found = importlib.util.spec_from_file_location("clients_conftest", HERE.parent / "clients/conftest.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def endpoint(request):
    if request.config.getoption("--endpoint"):
        yield request.config.getoption("--endpoint")
        return
    server = _clients_conftest()
    process, url = server.serve_mainstay()
    yield url
    server.stop(process)


@pytest.fixture(scope="session")
def runs(request, endpoint):
    """{name: Run} of the tests that were asked for, played many at a time."""
    asked = (getattr(item, "callspec", None) for item in request.session.items)
    tests = [call.params["test"] for call in asked if call and "test" in call.params]
    _runs.update(play_all(endpoint, tests))
    return _runs


def pytest_terminal_summary(terminalreporter):
    if not CORPUS.is_dir():
        terminalreporter.write_line(f"recorded answers: NOT COMPARED, {CORPUS} is not there (MAINSTAY_CORPUS)")
    elif _runs:
        steps = sum(run.compared for run in _runs.values())
        differ = sum(len(run.differences) for run in _runs.values())
        terminalreporter.write_line(f"recorded answers: {steps} steps of {len(_runs)} tests compared, {differ} differ")
