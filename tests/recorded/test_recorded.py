"""What AWS answered, as recorded, and what we answer to the same requests: see cases/ and docs/recorded.md."""

import importlib
import pathlib

import pytest
from run import CORPUS, Reasons, recorded_tests, recordings, services

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE.parents[1] / "docs/recorded.md"
HEAD = "| service | recorded | compared | same | differ, with a reason |\n| --- | ---: | ---: | ---: | ---: |\n"
REASONS = Reasons(HERE / "differences.txt")

for file in sorted((HERE / "cases").glob("*_cases.py")):
    importlib.import_module(file.stem)

TESTS = recorded_tests()


@pytest.fixture(autouse=True)
def corpus():
    if not CORPUS.is_dir():
        pytest.skip(f"not run: there are no recordings in {CORPUS}")


@pytest.mark.parametrize("test", TESTS, ids=[name.partition("/")[2] for _, name in TESTS])
def test_as_recorded(runs, test):
    run = runs[test[1]]
    wrong = [f"{step}: {difference}" for step, found in run.differences.items() for difference in found
             if not REASONS.why(run.name, step, difference.path)]
    if run.fault:
        wrong.append(run.fault)
    assert not wrong, "\n".join([run.name, *wrong])


def test_every_listed_difference_is_still_met(runs):
    for run in runs.values():
        for step, found in run.differences.items():
            for difference in found:
                REASONS.why(run.name, step, difference.path)
    unmet = REASONS.unmet(runs)
    assert not unmet, "differences.txt lists what does not differ any more:\n" + "\n".join(unmet)


def rows(runs):
    for service in services():
        mine = [run for run in runs.values() if run.name in recordings(service)]
        if mine:
            recorded = sum(len(t["answers"]) for t in recordings(service).values())
            compared, differ = sum(r.compared for r in mine), sum(len(r.differences) for r in mine)
            yield service, recorded, compared, compared - differ, differ


def test_the_table_says_how_many_were_compared(request, runs):
    if set(runs) != {name for _, name in TESTS}:
        pytest.skip("only a part was asked for")
    found = list(rows(runs))
    found.append(("all", *(sum(row[i] for row in found) for i in range(1, 5))))
    table = HEAD + "".join("| " + " | ".join(map(str, row)) + " |\n" for row in found)
    text = TABLE.read_text()
    if request.config.getoption("--write-table"):
        begin = text.index(HEAD)
        end = text.index("\n\n", begin) + 1
        TABLE.write_text(text[:begin] + table + text[end:])
    else:
        assert table in text, f"{TABLE.name} says otherwise (--write-table writes it):\n{table}"


def test_cases_are_of_recorded_tests():
    """A case whose name no recording has would compare nothing, silently."""
    from run import CASES
    known = {name.partition("[")[0] for service in services() for name in recordings(service)}
    assert not set(CASES) - known
