"""Comparing an answer with one that AWS gave.

A recording has `<kind:number>` where AWS's answer had what is another each time: the same number of a kind stands for
the same value all through a test, another number for another value; `<kind>` without a number for anything. Times are
the words "timestamp" and "datetime". A text that is JSON is recorded as what it says.
"""

import datetime
import decimal
import json
import re

TIMES = ("timestamp", "datetime", "date")
TOKEN = re.compile(r"<(?:<[^<>]*>|[A-Za-z])[^<>\n]*>")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # one that was not put into words
UNKEPT = ("RequestId", "HostId", "RetryAttempts", "MaxAttemptsReached", "ChecksumAlgorithm")


class Difference:
    """One place where an answer is not as recorded."""

    def __init__(self, path, recorded, got):
        self.path, self.recorded, self.got = path, recorded, got

    def __str__(self):
        return f"{self.path or '.'}: recorded {_short(self.recorded)}, got {_short(self.got)}"


class Nothing:
    def __repr__(self):
        return "nothing"


NOTHING = Nothing()


def _short(value):
    text = repr(value)
    return text if len(text) < 600 else text[:600] + "…"


def plain(value):
    """An answer of boto3 as recordings hold it: bytes shown, streams read, times kept to be known as such."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, bytes):
        return repr(value)
    if isinstance(value, decimal.Decimal):
        return float(value)
    if hasattr(value, "read"):
        text = value.read()
        return text.decode("utf-8", "backslashreplace") if isinstance(text, bytes) else text
    return value


class Comparison:
    """Compares the answers of one test, and remembers what its placeholders stand for.

    constants: {recorded text: ours}, as accounts and regions; any_order: members whose lists have no order;
    ignored: members that are another each time though the recording has a value."""

    def __init__(self, constants):
        self.constants = dict(constants)
        self.any_order, self.ignored = set(), set()
        self.bound = {}

    def compare(self, recorded, got, path=""):
        """The differences, as a list; recorded and got are JSON's types, got may have times."""
        if isinstance(recorded, (dict, list)) and isinstance(got, str):
            try:
                got = json.loads(got)
            except ValueError:
                return [Difference(path, recorded, got)]
        if isinstance(recorded, dict) and isinstance(got, dict):
            return self._members(recorded, got, path)
        if isinstance(recorded, list) and isinstance(got, list):
            return self._items(recorded, got, path)
        if isinstance(recorded, str):
            return self._text(recorded, got, path)
        same_kind = isinstance(recorded, bool) == isinstance(got, bool)
        return [] if same_kind and recorded == got else [Difference(path, recorded, got)]

    def _members(self, recorded, got, path):
        if path.endswith("ResponseMetadata"):
            got = {k: v for k, v in got.items() if k not in UNKEPT}
            wanted = {k.lower() for k in recorded.get("HTTPHeaders", {})}
            got["HTTPHeaders"] = {k: v for k, v in got.get("HTTPHeaders", {}).items() if k.lower() in wanted}
        found, left = [], dict(got)
        if "ResponseMetadata" not in recorded:  # as tests leave it out that put answers together
            left.pop("ResponseMetadata", None)
        # Names without doubt first, and values that are nothing but a placeholder: they say what it stands for.
        for key in sorted(recorded, key=lambda k: (bool(TOKEN.search(k)), not self._is_token(recorded[k]))):
            name = self._key(key, left)
            if name is not None:
                value = left.pop(name)
                if key not in self.ignored:
                    found += self.compare(recorded[key], value, f"{path}.{key}" if path else key)
            elif key not in self.ignored:
                found.append(Difference(f"{path}.{key}" if path else key, recorded[key], NOTHING))
        for key, value in left.items():
            if key not in self.ignored:
                found.append(Difference(f"{path}.{key}" if path else key, NOTHING, value))
        return found

    @staticmethod
    def _is_token(value):
        return isinstance(value, str) and bool(TOKEN.fullmatch(value))

    def _key(self, key, got):
        """Which of the members of got the recorded one is."""
        if key in got:
            return key
        if TOKEN.search(key) or any(c in key for c in self.constants):
            for name in got:
                if not self._text(key, name, ""):
                    return name
        return None

    def _items(self, recorded, got, path):
        member = re.sub(r"\[\d+\]", "", path).rpartition(".")[2]
        if len(recorded) != len(got):
            return [Difference(path, recorded, got)]
        before = dict(self.bound)
        found = [d for i, (r, g) in enumerate(zip(recorded, got)) for d in self.compare(r, g, f"{path}[{i}]")]
        if not found or member not in self.any_order:
            return found
        self.bound = before
        return self._in_any_order(recorded, got, path) or []

    def _in_any_order(self, recorded, got, path):
        """The differences where each item may be any of the other list; one that is none of them is told beside the one
        that is most like it."""
        left, found = list(got), []
        for i, item in enumerate(recorded):
            before, tries = dict(self.bound), []
            for j, other in enumerate(left):
                differences = self.compare(item, other, f"{path}[{i}]")
                tries.append((len(differences), j, differences, self.bound))
                self.bound = dict(before)
                if not differences:
                    break
            _, j, differences, self.bound = min(tries, key=lambda t: t[:2])
            del left[j]
            found += differences
        return found

    def _text(self, recorded, got, path):
        if recorded in TIMES:
            known = isinstance(got, (datetime.datetime, int, float)) and not isinstance(got, bool)
            return [] if known or isinstance(got, str) and re.search(r"\d", got) or got == recorded else [
                Difference(path, recorded, got)]
        if isinstance(got, (datetime.datetime, int, float)) and not isinstance(got, bool) and TOKEN.fullmatch(recorded):
            got = str(got)
        if not isinstance(got, str):
            return [Difference(path, recorded, got)]
        wanted = UUID.sub("<uuid>", re.sub(r"-date$", "-<date>", recorded))
        for text, ours in sorted(self.constants.items(), key=lambda pair: -len(pair[0])):
            wanted = wanted.replace(text, ours)
        if wanted == got or self._matches(wanted, got):
            return []
        return [Difference(path, wanted, got)]

    def _matches(self, wanted, got):
        pattern, groups, at = "", {}, 0
        for token in TOKEN.finditer(wanted):
            pattern += re.escape(wanted[at:token.start()])
            at, name = token.end(), token.group()
            if name in self.bound:
                pattern += re.escape(self.bound[name])
            elif name in groups:
                pattern += f"(?P={groups[name]})"
            elif re.search(r":\d+>$", name):
                groups[name] = f"g{len(groups)}"
                pattern += f"(?P<{groups[name]}>.+?)"
            else:
                pattern += ".+?"
        found = re.fullmatch(pattern + re.escape(wanted[at:]), got, re.DOTALL)
        if not found:
            return False
        new = {name: found.group(group) for name, group in groups.items()}
        for name, value in new.items():
            kind = name.rpartition(":")[0]
            if any(value == v and other.rpartition(":")[0] == kind for other, v in self.bound.items()):
                return False
        self.bound.update(new)
        return True
