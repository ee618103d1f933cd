"""Blueprints, lookups, hooks, Jinja and commands of a configuration's own: what they get, and how they fail."""

import json
import os
import stat

import pytest

QUEUE = """
    from troposphere import Output, Ref, sqs
    from stacker.blueprints.base import Blueprint
    from stacker.blueprints.variables.types import CFNString, CFNCommaDelimitedList

    class Queue(Blueprint):
        \"\"\"One queue.\"\"\"
        VARIABLES = {"Name": {"type": CFNString, "description": "of the queue"},
                     "Seconds": {"type": int, "default": 30, "allowed_values": [30, 45]},
                     "Tags": {"type": CFNCommaDelimitedList, "default": ""}}

        def create_template(self):
            v = self.get_variables()
            self.template.add_resource(sqs.Queue("Queue", QueueName=v["Name"].ref, VisibilityTimeout=v["Seconds"]))
            self.template.add_output(Output("Url", Value=Ref("Queue")))
"""


def stack(class_path, variables="{}", more=""):
    return f"""
namespace: acme
sys_path: code
{more}
stacks:
  - name: one
    class_path: {class_path}
    variables: {variables}
"""


@pytest.fixture
def here(repository):
    repository.write({"code/blueprints/__init__.py": "", "code/blueprints/queues.py": QUEUE})
    return repository


def test_parameters_and_the_template(here):
    (here.folder / "stacker.yml").write_text(stack("blueprints.queues.Queue", "{Name: jobs, Seconds: 45, Tags: [a, b]}"))
    template = here.templates("stacker.yml")["acme-one"]
    assert template["Parameters"]["Name"] == {"Description": "of the queue", "Type": "String"}
    assert template["Resources"]["Queue"]["Properties"] == {"QueueName": {"Ref": "Name"}, "VisibilityTimeout": 45}
    assert "1 changed" in here.mainstay("up", "stacker.yml")
    # A parameter that is left out keeps its value.
    (here.folder / "stacker.yml").write_text(stack("blueprints.queues.Queue", "{Name: jobs, Seconds: 45, Tags: [a, b], More: 1}"))
    shown = here.mainstay("up", "stacker.yml")
    assert "blueprints.queues.Queue does not use the variable More" in shown and "no changes" in shown


@pytest.mark.parametrize("variables, said", [
    ("{}", 'needs the variable "Name"'),
    ("{Name: x, Seconds: '45'}", "Value for variable Seconds must be of type <class 'int'>"),
    ("{Name: x, Seconds: 44}", "Invalid value passed to 'Seconds'"),
    ("{Name: {a: b}}", "CFNParameter (Name) value must be one of"),
])
def test_wrong_variables_name_their_place_in_the_configuration(here, variables, said):
    (here.folder / "stacker.yml").write_text(stack("blueprints.queues.Queue", variables))
    shown = " ".join(here.mainstay("up", "--memory", "stacker.yml", code=3).split())
    assert said in shown and "stacker.yml:8:16" in shown


@pytest.mark.parametrize("class_path, said", [
    ("blueprints.queues.Queu", "queues.py has no Queu; it has Queue"),
    ("blueprints.nothing.Queue", "Python has no module blueprints.nothing; it was looked for in"),
    ("stacker_blueprints.nope.Nope", "-m pip install stacker_blueprints"),
    ("Queue", "is no path of the form MODULE.NAME"),
])
def test_classes_that_are_not_there_are_told_before_anything_is_touched(here, class_path, said):
    (here.folder / "stacker.yml").write_text(stack(class_path) + """
  - name: other
    template_path: other.json
""")
    here.write({"other.json": '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}'})
    shown = here.mainstay("up", "--memory", "stacker.yml", code=3)
    assert said in shown and "stacker.yml:7:17" in shown
    assert "other:" not in shown


def test_an_exception_names_the_line_of_the_users_code(here):
    here.write({"code/blueprints/broken.py": """
        from stacker.blueprints.base import Blueprint

        class Broken(Blueprint):
            VARIABLES = {}

            def create_template(self):
                print("on the way")
                self.template.add_resource(self.context.mappings["nothing"])
        """})
    (here.folder / "stacker.yml").write_text(stack("blueprints.broken.Broken"))
    shown = here.mainstay("up", "--memory", "stacker.yml", code=3)
    assert "code/blueprints/broken.py:9" in shown and "KeyError: 'nothing'" in shown
    assert "python: on the way" in shown


def test_a_module_that_dies_hangs_or_exits_is_told(here):
    (here.folder / "stacker.yml").write_text(stack("blueprints.bad.Bad"))
    for body, said in (("import os, sys; print('last words', file=sys.stderr); sys.stderr.flush(); os._exit(7)",
                        "ended: exit status 7; it said last: last words"),
                       ("raise SystemExit(3)", "SystemExit: 3"),
                       ("import os; os.kill(os.getpid(), 11)", "ended: signal: segmentation fault"),
                       ("def f(:", "bad.py:1")):
        here.write({"code/blueprints/bad.py": body})
        shown = " ".join(here.mainstay("up", "--memory", "stacker.yml", code=1 if "ended" in said else 3).split())
        assert said in shown, shown


def test_prints_of_every_kind_stay_out_of_the_results(here):
    here.write({"code/blueprints/loud.py": """
        import os, subprocess, sys
        print("print")
        os.write(1, b"write\\n")
        subprocess.run(["echo", "echo"])
        from blueprints.queues import Queue
        """})
    (here.folder / "stacker.yml").write_text(stack("blueprints.loud.Queue", "{Name: x}"))
    lines = here.lines("up", "--memory", "stacker.yml")
    assert [line["text"] for line in lines if line["type"] == "output"] == ["print", "write", "echo"]
    assert lines[-1]["changed"] == 1


def test_keys_reach_python_only_through_boto3(here):
    here.write({"code/hooks.py": """
        import os
        from stacker.session_cache import get_session
        import boto3

        def look(provider, context, **kwargs):
            seen = {k: v for k, v in os.environ.items() if k.startswith("AWS_") and "REGION" not in k}
            assert seen.pop("AWS_EC2_METADATA_DISABLED") == "true"
            assert set(seen) == {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}, seen
            assert set(seen.values()) == {os.devnull}
            via_cache = get_session(provider.region).client("sts").get_caller_identity()["Account"]
            by_itself = boto3.client("sts").get_caller_identity()["Account"]
            assert not [k for k in os.environ if k == "AWS_SECRET_ACCESS_KEY"]
            return {"account": via_cache + "-" + by_itself, "where": context.namespace}
        """})
    (here.folder / "stacker.yml").write_text(stack("blueprints.queues.Queue", "{Name: '${hook_data me::account}'}", """
pre_build:
  - path: hooks.look
    data_key: me
"""))
    environment = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-to-be-seen-anywhere"}
    shown = here.mainstay("up", "stacker.yml", **environment)
    assert "hook hooks.look: complete" in shown and "not-to-be-seen" not in shown
    assert here.outputs("stacker.yml")["one"]["Url"].endswith("/123456789012/123456789012-123456789012")


def test_hooks_required_or_not(here):
    here.write({"code/hooks.py": """
        def says_no(provider, context, **kwargs):
            return False

        def raises(provider, context, text, **kwargs):
            raise ValueError(text)

        def after(provider, context, **kwargs):
            print("urls", provider.get_output(context.get_fqn("one"), "Url"))
            return True
        """})
    hooks = """
pre_build:
  - {{path: hooks.says_no, required: false}}
  - {{path: hooks.raises, required: false, args: {{text: "in ${{envvar WHERE}}"}}}}
  - {{path: hooks.nowhere, required: false}}
  - {{path: hooks.raises, enabled: false}}
  - {{path: hooks.raises, required: {required}, args: {{text: stop}}}}
post_build:
  - path: hooks.after
"""
    (here.folder / "stacker.yml").write_text(stack("blueprints.queues.Queue", "{Name: x}", hooks.format(required="true")))
    shown = " ".join(here.mainstay("up", "stacker.yml", code=4, WHERE="Rome").split())
    assert "hook hooks.says_no: failed (pre_build: the hook hooks.says_no failed: it said that it failed)" in shown
    assert "ValueError: in Rome" in shown and "hooks.nowhere can't be run" in shown
    assert "error[HookFailed]" in shown and "code/hooks.py:6" in shown and "ValueError: stop" in shown
    assert "one:" not in shown  # no stack was begun
    (here.folder / "stacker.yml").write_text(stack("blueprints.queues.Queue", "{Name: x}", hooks.format(required="false")))
    shown = here.mainstay("up", "stacker.yml", WHERE="Rome")
    assert "1 changed" in shown and "python: urls http" in shown


def test_lookups_of_both_kinds_and_one_that_asks_for_others(here):
    here.write({"code/lookups.py": """
        from stacker.lookups.handlers import LookupHandler
        from stacker.lookups.handlers.envvar import EnvvarLookup
        from stacker.lookups.handlers.default import handler as default

        class Loud(LookupHandler):
            @classmethod
            def handle(cls, value, context, provider):
                return EnvvarLookup.handle(value).upper() + default("nope::!")

        def old_style(value, context, provider):
            return [context.get_fqn(value), provider.region]

        def nested(value, context, provider):
            from stacker.variables import Variable
            variable = Variable("x", "${loud " + value + "}?")
            variable.resolve(context, provider)
            return variable.value
        """})
    more = "lookups: {loud: lookups.Loud, old: lookups.old_style, nested: lookups.nested}"
    (here.folder / "stacker.yml").write_text(stack(
        "blueprints.queues.Queue", "{Name: '${nested WHO}', Tags: '${old x}'}", more))
    here.environment["WHO"] = "ada"
    shown = here.mainstay("diff", "stacker.yml")
    assert "Name  = ADA!?" in shown and "Tags  = acme-x,us-east-1" in shown
    del here.environment["WHO"]
    shown = here.mainstay("diff", "stacker.yml", code=3)
    assert "the environment variable WHO is not set" in shown and "LookupFailed" in shown


def test_jinja(here):
    here.write({"q.yaml.j2": """
        Resources:
        {% for name in variables.Names %}
          {{ name }}: {Type: AWS::SQS::Queue, Properties: {QueueName: {{ context.get_fqn(name) }}}}
        {% endfor %}
        """, "stacker.yml": """
        namespace: acme
        mappings: {M: {k: {v: 1}}}
        stacks:
          - name: one
            template_path: q.yaml.j2
            variables: {Names: [A, B]}
        """})
    resources = here.templates("stacker.yml")["acme-one"]["Resources"]
    assert {r["Properties"]["QueueName"] for r in resources.values()} == {"acme-A", "acme-B"}
    here.write({"q.yaml.j2": "Resources:\n{% for x in %}\n"})
    shown = here.mainstay("up", "--memory", "stacker.yml", code=3)
    assert "q.yaml.j2:2" in shown and "TemplateSyntaxError" in shown


def test_a_command_makes_a_template(here):
    here.write({"make": """\
        #!/usr/bin/env python3
        import json, sys
        given = json.load(sys.stdin)
        print("made for", given["name"], file=sys.stderr)
        print(json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {
            "QueueName": given["stack_name"] + "-" + given["variables"]["Suffix"]}}}}))
        """, "stacker.yml": """
        namespace: acme
        stacks:
          - name: one
            command: [./make]
            variables: {Suffix: "${default x::y}"}
        """})
    (here.folder / "make").chmod(stat.S_IRWXU)
    assert here.templates("stacker.yml")["acme-one"]["Resources"]["Q"]["Properties"]["QueueName"] == "acme-one-y"
    for body, said in (("#!/bin/sh\necho oops >&2; exit 3", "ended with exit status 3"),
                       ("#!/bin/sh\necho '[1]'", "a template is a map with Resources"),
                       ("#!/bin/sh\necho '{'", "made is no template")):
        (here.folder / "make").write_text(body)
        shown = " ".join(here.mainstay("up", "--memory", "stacker.yml", code=3).split())
        assert said in shown and "stacker.yml:5" in shown, shown


def test_configurations_without_python_need_none(here):
    here.write({"t.json": '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}', "stacker.yml": """
        namespace: acme
        stacks: [{name: one, template_path: t.json}]
        """})
    here.mainstay("up", "--memory", "stacker.yml", MAINSTAY_PYTHON="/nowhere")
    (here.folder / "stacker.yml").write_text(stack("blueprints.queues.Queue"))
    shown = here.mainstay("up", "--memory", "stacker.yml", MAINSTAY_PYTHON="/nowhere", code=3)
    assert 'MAINSTAY_PYTHON is "/nowhere"' in shown
    assert '"one" -> ' not in here.mainstay("graph", "stacker.yml", MAINSTAY_PYTHON="/nowhere")


@pytest.mark.skipif(not os.environ.get("MAINSTAY_STACKER_PYTHON"), reason="stacker is not installed here")
def test_stacker_itself_is_used_where_it_is_installed(here):
    here.write({"code/blueprints/which.py": """
        import stacker
        from blueprints.queues import Queue as Base

        class Queue(Base):
            def create_template(self):
                Base.create_template(self)
                self.add_output("Which", stacker.__file__ if hasattr(stacker, "__file__") else "own")
        """})
    (here.folder / "stacker.yml").write_text(stack("blueprints.which.Queue", "{Name: x}"))
    here.environment["MAINSTAY_PYTHON"] = os.environ["MAINSTAY_STACKER_PYTHON"]
    theirs = here.templates("stacker.yml")["acme-one"]
    assert "site-packages/stacker/__init__.py" in theirs["Outputs"].pop("Which")["Value"]
    here.environment["MAINSTAY_STACKER"] = "own"
    ours = here.templates("stacker.yml")["acme-one"]
    assert ours["Outputs"].pop("Which")["Value"] == "own"
    assert json.dumps(ours) == json.dumps(theirs)


def test_a_module_of_ones_own_is_not_looked_for_at_a_stranger(here):
    here.write({"code/blueprints/needs.py": "import naming_rules_of_ours\nclass X: pass\n"})
    (here.folder / "stacker.yml").write_text(stack("blueprints.needs.X"))
    shown = here.mainstay("up", "--memory", "stacker.yml", code=3)
    assert 'Python has no module "naming_rules_of_ours"' in shown and "pip install" not in shown
    assert "package_sources" in shown


def test_blueprints_lists_the_repositorys_own(here):
    (here.folder / "stacker.yml").write_text(stack("blueprints.queues.Queue", "{Name: x}"))
    assert "blueprints.queues.Queue  One queue." in here.mainstay("blueprints", "--config", "stacker.yml")
    told = json.loads(here.mainstay("blueprints", "blueprints.queues.Queue", "--json", "-c", "stacker.yml"))
    assert told[0]["variables"][1] == {"name": "Seconds", "type": "int", "required": False, "default": 30, "description": ""}
