"""EventBridge: patterns that are refused, buses, archives and replays."""

import datetime
import json
import re

from run import cases

patterns = cases("events/test_events_patterns.py::TestEventPattern::")
buses = cases("events/test_events.py::TestEventBus::")
archives = cases("events/test_archive_and_replay.py::TestArchive::")
replays = cases("events/test_archive_and_replay.py::TestReplay::")
EVENT = {"id": "1", "source": "s", "detail-type": "t", "account": "123456789012", "region": "us-east-1", "time": "2026-01-01T00:00:00Z",
         "resources": [], "detail": {}}


@patterns
def event_pattern(run):
    """Those that are refused: AWS's error quotes the pattern. Of the others nothing is recorded."""
    if run.param not in run.recorded:
        return
    raw = run.recorded[run.param]["exception_message"]["Error"]["MessageRaw"]
    quoted = re.search(r'\[Source: \(String\)"(.*?)"; line', raw, re.DOTALL)
    if not quoted:
        return
    pattern = quoted.group(1).replace("<partition>", "aws").replace("<region>", "us-east-1")
    answer = run.answer(run.events.test_event_pattern, EventPattern=pattern, Event=json.dumps(EVENT))
    run.ignore("MessageRaw")  # with where in the pattern the fault is
    run.step(run.param, {"exception_message": answer,
                         "exception_type": f"<class 'botocore.errorfactory.{answer.get('Error', {}).get('Code')}'>"})


def tested(run, step, event, pattern=None):
    run.step(step, run.events.test_event_pattern, EventPattern=json.dumps(pattern or {"source": ["s"]}), Event=event)


@patterns
def array_event_payload(run):
    tested(run, "array-event-payload-exc", "[]")


@patterns
def plain_string_payload(run):
    tested(run, "plain-string-payload-exc", "plain string")


@patterns
def event_pattern_source(run):
    tested(run, "eventbridge-test-event-pattern-response", json.dumps(EVENT))
    tested(run, "eventbridge-test-event-pattern-response-no-match", json.dumps({**EVENT, "source": "other"}))


def bus(run, **more):
    name = run.unique("bus")
    run.events.create_event_bus(Name=name, **more)
    return name


@buses
def create_list_describe_delete_custom_event_buses(run):
    described = {"Description": "test bus"} if run.param.startswith("True") else {}
    name = run.unique("bus")
    run.constants(**{"<bus-name>": name})
    step = lambda word: f"{word}-us-east-1"
    run.step(step("create-custom-event-bus"), run.events.create_event_bus, Name=name, **described)
    run.step(step("list-event-buses-after-create"), run.events.list_event_buses, NamePrefix=name)
    run.step(step("describe-custom-event-bus"), run.events.describe_event_bus, Name=name)
    run.step(step("delete-custom-event-bus"), run.events.delete_event_bus, Name=name)
    run.step(step("list-event-buses-after-delete"), run.events.list_event_buses, NamePrefix=name)


@buses
def create_multiple_event_buses_same_name(run):
    name = bus(run)
    run.constants(**{"<bus-name>": name})
    run.step("create-multiple-event-buses-same-name", run.events.create_event_bus, Name=name)


@buses
def delete_default_event_bus(run):
    run.step("delete-default-event-bus-error", run.events.delete_event_bus, Name="default")


@buses
def describe_delete_not_existing_event_bus(run):
    run.constants(**{"<bus-name>": "not-there"})
    run.step("describe-not-existing-event-bus-error", run.events.describe_event_bus, Name="not-there")
    run.step("delete-not-existing-event-bus", run.events.delete_event_bus, Name="not-there")


@buses
def put_permission_non_existing_event_bus(run):
    run.constants(**{"<bus-name>": "not-there"})
    run.step("remove-permission-non-existing-sid-error", run.events.put_permission, EventBusName="not-there", Action="events:PutEvents",
             Principal=run.other, StatementId="s")


def bus_of(run):
    name = "default" if "default" in run.param else bus(run)
    run.constants(**{"<event-bus-name>": name})
    return name, run.events.describe_event_bus(Name=name)["Arn"]


PATTERN = {"source": ["core.update-account-command"], "detail-type": ["core.update-account-command"], "detail": {"command": ["update-account"]}}


def archived(run, **more):
    name = run.unique("archive")
    run.constants(**{"<archive-name>": name})
    run.events.create_archive(ArchiveName=name, EventSourceArn=bus_of(run)[1], RetentionDays=1, **more)
    return name


@archives
def create_list_describe_update_delete_archive(run):
    name, (_, arn) = run.unique("archive"), bus_of(run)
    run.constants(**{"<archive-name>": name})
    run.step("create-archive", run.events.create_archive, ArchiveName=name, EventSourceArn=arn, Description="description of the archive",
             EventPattern=json.dumps(PATTERN), RetentionDays=1)
    run.step("list-archives", run.events.list_archives, NamePrefix=name)
    run.step("describe-archive", run.events.describe_archive, ArchiveName=name)
    run.step("update-archive", run.events.update_archive, ArchiveName=name, Description="updated description of the archive", RetentionDays=2)
    run.step("delete-archive", run.events.delete_archive, ArchiveName=name)


@archives
def delete_archive_error_unknown_archive(run):
    run.constants(**{"<archive-name>": "not-there"})
    run.step("delete-archive-unknown-archive-error", run.events.delete_archive, ArchiveName="not-there")


@archives
def describe_archive_error_unknown_archive(run):
    run.constants(**{"<archive-name>": "not-there"})
    run.step("describe-archive-unknown-archive-error", run.events.describe_archive, ArchiveName="not-there")


@archives
def update_archive_error_unknown_archive(run):
    run.step("update-archive-unknown-archive-error", run.events.update_archive, ArchiveName="not-there")


@archives
def list_archive_state_enabled(run):
    archived(run)
    run.step("list-archives-state-enabled", run.events.list_archives, State="ENABLED")


@archives
def list_archive_with_name_prefix(run):
    name = archived(run)
    run.step("list-archives-with-name-prefix", run.events.list_archives, NamePrefix="archive")
    run.step("list-archives-with-full-name", run.events.list_archives, NamePrefix=name)
    run.step("list-archives-not-existing-archive", run.events.list_archives, NamePrefix="not-there")


@archives
def list_archive_with_source_arn(run):
    archived(run)
    source = run.events.list_archives()["Archives"][0]["EventSourceArn"]
    run.step("list-archives-with-source-arn", run.events.list_archives, EventSourceArn=source)


@replays
def describe_replay_error_unknown_replay(run):
    run.constants(**{"<replay-name>": "not-there"})
    run.step("describe-replay-unknown-replay-error", run.events.describe_replay, ReplayName="not-there")


@replays
def start_replay_error_invalid_end_time(run):
    archive = run.unique("archive")
    own = bus(run)
    arn = run.events.describe_event_bus(Name=own)["Arn"]
    made = run.events.create_archive(ArchiveName=archive, EventSourceArn=arn)["ArchiveArn"]
    now = datetime.datetime.now(datetime.UTC)
    run.step("start-replay-invalid-end-time-error", run.events.start_replay, ReplayName="r", EventSourceArn=made, EventStartTime=now,
             EventEndTime=now - datetime.timedelta(seconds=int(run.param)), Destination={"Arn": arn})
