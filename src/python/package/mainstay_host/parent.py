"""Frames to and from mainstay, and what is asked of it while it waits for an answer."""

import json

FRAME_BYTES_MAX = 64 * 1024 * 1024

_requests = None
_answers = None
_serve = None


class Refused(Exception):
    """mainstay could not give what was asked for; its own error is passed on as it is."""

    def __init__(self, error):
        Exception.__init__(self, error.get("message", ""))
        self.error = error


def open_pipes(requests, answers, serve):
    global _requests, _answers, _serve
    _requests, _answers, _serve = requests, answers, serve


def plain(value):
    """What JSON has no word for: troposphere's objects as their data, bytes and sets, else as text."""
    for method in ("to_dict", "to_parameter_value"):
        if hasattr(value, method):
            return getattr(value, method)()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if hasattr(value, "keys"):
        return dict(value)
    return str(value)


def read():
    """The next message; None where mainstay is gone."""
    line = _requests.readline(32)
    if not line:
        return None
    text = _requests.read(int(line))
    return json.loads(text.decode("utf-8"))


def text_of(message):
    text = json.dumps(message, default=plain, skipkeys=True).encode("utf-8")
    if len(text) > FRAME_BYTES_MAX:
        raise ValueError("an answer of {} bytes is more than the {} that are allowed".format(len(text), FRAME_BYTES_MAX))
    return text


def write(message):
    write_text(text_of(message))


def write_text(text):
    _answers.write(b"%d\n" % len(text))
    _answers.write(text)
    _answers.flush()


def ask(what, **arguments):
    """What only mainstay knows. Until the answer is there, it may ask for operations in turn."""
    write({"ask": what, "with": arguments})
    while True:
        message = read()
        if message is None:
            raise SystemExit("mainstay is gone")
        if "do" in message:
            write_text(_serve(message))
            continue
        if "refused" in message:
            raise Refused(message["refused"])
        return message.get("answer")
