"""Errors say where: the file, line and column that a person has to change."""

import pytest

CONFIG = """namespace: places
stacks:
  - name: one
    template_path: t.yml
    variables: {Word: "${file json:file://word.json}"}
"""
TEMPLATE = """Parameters: {Word: {Type: String, Default: a}}
Resources:
  Network:
    Type: %s
    Properties: {CidrBlock: %s}
"""


@pytest.fixture
def places(program, tmp_path):
    """up's output, with this network in the template and this content in the file looked up."""
    def up(kind="AWS::EC2::VPC", cidr="10.0.0.0/16", word='"word"', code=3):
        (tmp_path / "c.yml").write_text(CONFIG)
        (tmp_path / "t.yml").write_text(TEMPLATE % (kind, cidr))
        (tmp_path / "word.json").write_text(word)
        done = program.run("up", "c.yml", folder=tmp_path, code=code)
        return done.stdout + done.stderr
    return up


def test_what_cloudformation_refuses_is_found_in_the_template(places):
    assert "t.yml:4:11" in places(kind="AWS::EC2::Network")
    assert "t.yml:5:29" in places(cidr="!Ref Missing")
    assert "t.yml:5:29" in places(cidr="!GetAtt Missing.Id")


def test_a_fault_in_a_file_that_is_looked_up(places):
    shown = places(word='{\n"a": ')
    assert "word.json:2:" in shown and "c.yml:5:23" in shown


def test_what_only_the_resource_refuses_has_no_place_made_up(places):
    assert "t.yml:3:3" in places(cidr="10.0.0.0/99", code=4), "the resource's own"
