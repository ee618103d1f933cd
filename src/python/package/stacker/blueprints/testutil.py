"""For the tests that repositories have of their blueprints."""

import difflib
import glob
import json
import os
import unittest

from ..config import parse as parse_config
from ..context import Context
from ..util import load_object_from_string
from ..variables import Variable


def diff(a, b):
    return "\n".join(difflib.Differ().compare(a.splitlines(), b.splitlines()))


class BlueprintTestCase(unittest.TestCase):
    OUTPUT_PATH = "tests/fixtures/blueprints"

    def assertRenderedBlueprint(self, blueprint):  # noqa: N802
        expected_path = "{}/{}.json".format(self.OUTPUT_PATH, blueprint.name)
        rendered = json.loads(json.dumps(blueprint.template.to_dict()))
        text = json.dumps(rendered, indent=4, sort_keys=True)
        with open(expected_path + "-result", "w") as file:
            file.write(text)
        with open(expected_path) as file:
            expected = json.load(file)
        assert rendered == expected, diff(text, json.dumps(expected, indent=4, sort_keys=True))


class YamlDirTestGenerator:
    """A test for each stack of the configurations beside the class (test_*.yaml)."""

    base_class = BlueprintTestCase
    yaml_dirs = ["."]
    yaml_filename = "test_*.yaml"

    def __init__(self):
        self.classdir = os.path.relpath(self.__class__.__module__.replace(".", "/"))
        if not os.path.isdir(self.classdir):
            self.classdir = os.path.dirname(self.classdir)

    def _tested(self, config, stack):
        case = self.base_class()
        context = getattr(case, "context", None) or Context(config=config, environment={"environment": "test"})
        blueprint = load_object_from_string(stack.class_path)(stack.name, context)
        blueprint.resolve_variables([Variable(k, v) for k, v in (stack.variables or {}).items()])
        blueprint.setup_parameters()
        blueprint.create_template()
        case.assertRenderedBlueprint(blueprint)

    def test_generator(self):
        for folder in self.yaml_dirs:
            for path in sorted(glob.glob(os.path.join(self.classdir, folder, self.yaml_filename))):
                with open(path) as file:
                    config = parse_config(file.read())
                for stack in config.stacks:
                    def run(config=config, stack=stack):
                        self._tested(config, stack)
                    run.description = "{} ({})".format(stack.name, path)
                    yield run
