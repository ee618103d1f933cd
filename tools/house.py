#!/usr/bin/env python3
"""The house's own checks: layers, includes, sizes, banned constructs, format. Prints each fault with the better
way and exits 1 if there is any.

The rooms and what each may use are read from the room() calls of src/CMakeLists.txt, so that the
build and this check cannot disagree. `house.py --draw` draws them into docs/house.svg.
"""

import pathlib
import re
import subprocess
import sys

import house_picture
import includes
import members

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
PICTURE = ROOT / "docs" / "house.svg"
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70

# The half that operators work with never links the half that is an AWS: they meet at its API.
WORKFLOWS = {"aws", "stacks", "blueprints", "dns", "databases", "apps", "access", "chaos", "review"}
CLOUD_HALF = {"store", "cloud", "formation"}

BANNED = [
    (r"#include <regex>|std::regex", "RE2 or plain text functions: <regex> costs 2.7 s a file and can overflow the stack"),
    (r"\bstd::(rand|srand|mt19937|random_device)\b", "base/random.hh: a run must be repeatable from its seed"),
    (r"\bstd::time\(|\btime\(nullptr\)|system_clock::now", "a Clock or a Time parameter: time must be simulable"),
    (r"\bstd::(cout|cerr)\b", "fmt::print in cli/, a Result elsewhere"),
    (r"\b(sprintf|strcpy|strcat|gets)\s*\(", "fmt or std::string"),
    (r"\bstd::system\(|\bpopen\(", "host's processes"),
    (r"\b(TODO|FIXME|XXX|HACK)\b", "an issue in docs/, or the work itself"),
    (r"\busing namespace std\b", "name what you use"),
    (r"^\s*throw\b", "return an Error"),
]
# The real clock has to read the system's somewhere.
EXEMPT = {"src/host/clock.cc"}


def rooms():
    text = (SRC / "CMakeLists.txt").read_text()
    found = {}
    for call in re.findall(r"^room\(([^)]*)\)", text, re.M):
        words = call.split()
        uses, on = [], False
        for word in words[1:]:
            if word in ("USES", "LINKS"):
                on = word == "USES"
            elif on:
                uses.append(word)
        found[words[0]] = uses
    return found


def closure(table, room):
    seen, todo = set(), [room]
    while todo:
        for used in table.get(todo.pop(), []):
            if used not in seen:
                seen.add(used)
                todo.append(used)
    return seen


def room_of(path, table):
    parts = path.relative_to(SRC).parts
    for depth in (2, 1):
        name = "/".join(parts[:depth])
        if name in table:
            return name
    return None


def layer_faults(files):
    table = rooms()
    for room, uses in table.items():
        for used in uses:
            if used not in table:
                yield f"src/CMakeLists.txt: room {room} uses {used}, which is no room"
        reach = closure(table, room)
        if room in reach:
            yield f"src/CMakeLists.txt: room {room} uses itself in a circle"
        if room in WORKFLOWS:
            for bad in sorted(r for r in reach if r in CLOUD_HALF or r.startswith("services/")):
                yield f"src/CMakeLists.txt: {room} reaches {bad}; the two halves meet only at the AWS API"
    for path in files:
        room = room_of(path, table)
        if room is None:
            yield f"{path.relative_to(ROOT)}: belongs to no room; name it in src/CMakeLists.txt"
            continue
        allowed = closure(table, room) | {room}
        # A room's tests may start the whole embedded cloud behind its API.
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'#include "([^"]+)"', line)
            if not match:
                continue
            target = room_of(SRC / match.group(1), table)
            if target not in allowed:
                yield (f"{path.relative_to(ROOT)}:{number}: {room} may not use {target or match.group(1)}; "
                       f"it may use {', '.join(sorted(allowed - {room})) or 'nothing'}")


def include_faults(files):
    table = rooms()
    allowed = {room: closure(table, room) | {room} for room in table}

    def may_use(name, header):
        return room_of(SRC / header, table) in allowed.get(room_of(SRC / name, table), ())

    return includes.faults(SRC, files, may_use)


def long_functions(path, lines):
    """Functions in this style begin and end in column 0 or at a member's indent of two."""
    start = None
    for number, line in enumerate(lines, 1):
        if start is None:
            if re.match(r"(  )?\S.*\{$", line) and "(" in line + lines[max(0, number - 4):number].__str__() and \
                    not re.match(r"\s*(namespace|struct|class|enum|union|extern|constexpr .*=|const .*=|static .*=|if|for|while|switch|else|do|case|return|using|\}|\w+ = )", line):
                start, indent = number, len(line) - len(line.lstrip())
        elif re.match(r"\}" if indent == 0 else r"  \}", line):
            if number - start > FUNCTION_LINES_MAX:
                yield f"{path}:{start}: {number - start} lines; a function fits a screen ({FUNCTION_LINES_MAX}): name its parts"
            start = None


def text_faults(files):
    for path in files:
        name = str(path.relative_to(ROOT))
        lines = path.read_text().splitlines()
        if len(lines) > FILE_LINES_MAX:
            yield f"{name}: {len(lines)} lines; split it by what its parts are about ({FILE_LINES_MAX} at most)"
        if path.suffix != ".py":
            yield from long_functions(name, lines)
        for number, line in enumerate(lines, 1):
            if re.match(r"(<{7}|>{7}) ", line):
                yield f"{name}:{number}: what a merge left; take one side, or both"
        if name in EXEMPT or not name.startswith("src/"):
            continue
        for number, line in enumerate(lines, 1):
            for pattern, better in BANNED:
                if re.search(pattern, line):
                    yield f"{name}:{number}: {line.strip()[:60]!r} is banned; better: {better}"


def format_faults(files):
    sources = [str(f) for f in files if f.suffix in (".cc", ".hh")]
    result = subprocess.run(["clang-format-19", "--dry-run", "-Werror", *sources], capture_output=True, text=True)
    for line in result.stderr.splitlines():
        if "error:" in line:
            yield line.split("error:")[0].replace(str(ROOT) + "/", "") + " not as .clang-format says; run ./dev format"


def picture_faults():
    if not PICTURE.exists() or PICTURE.read_text() != house_picture.draw(rooms()):
        yield "docs/house.svg is not of these rooms; run tools/house.py --draw"


def main():
    if sys.argv[1:] == ["--draw"]:
        PICTURE.write_text(house_picture.draw(rooms()))
        return
    listed = subprocess.run(["git", "ls-files", "*.cc", "*.hh", "*.py"], cwd=ROOT, capture_output=True, text=True,
                            check=True).stdout.split()
    files = [ROOT / f for f in listed if (ROOT / f).exists()]
    sources = [f for f in files if SRC in f.parents]
    faults = [*layer_faults(sources), *include_faults(sources), *text_faults(files), *format_faults(sources),
              *members.faults(), *picture_faults()]
    for fault in faults:
        print(fault)
    print(f"house: {len(files)} files, {len(rooms())} rooms, {len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
