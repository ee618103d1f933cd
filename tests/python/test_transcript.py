"""docs/from-stacker.md, done as it says: each command is run, and each line that is shown under it must come."""

import re

from conftest import MAINSTAY, ROOT, copy_example

PAGE = (ROOT / "docs/from-stacker.md").read_text()


def steps():
    command, shown = None, []
    for line in PAGE.splitlines():
        if line.startswith("    $ mainstay "):
            if command:
                yield command, shown
            command, shown = line.removeprefix("    $ mainstay "), []
        elif command and line.startswith("    "):
            shown.append(line[4:])
        elif command and line.strip():
            yield command, shown
            command, shown = None, []


def test_the_page_is_what_happens(repository):
    here = repository
    copy_example(here)
    done = list(steps())
    assert len(done) == 6, MAINSTAY
    for command, shown in done:
        said = here.mainstay(*command.split())
        for line in shown:
            pattern = re.escape(line).replace(r"\.\.\.", ".*")
            assert re.search("^" + pattern + "$", said, re.M), f"{command}: no line {line!r} in\n{said}"
