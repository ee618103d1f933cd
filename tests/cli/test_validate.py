"""What `mainstay validate` finds, where, and as SARIF; nothing of AWS is needed or touched."""

import json

GOOD = '{"Parameters": {"P": {"Type": "String"}}, "Resources": {"Q": {"Type": "AWS::SQS::Queue"}}, "Outputs": {"U": {"Value": {"Ref": "Q"}}}}'


def files(program, **texts):
    for name, text in texts.items():
        (program.home / name.replace("_", ".")).write_text(text)


def validate(program, *flags, code=0):
    return program.run("validate", *flags, "c.yml", folder=program.home, code=code).stdout


def test_what_only_aws_knows_is_no_fault(program):
    files(program, t_json=GOOD, c_yml="""namespace: x
pre_build: [{path: stacker.hooks.route53.create_domain, data_key: d, args: {domain: example.com}}]
stacks:
  - {name: a, template_path: t.json, variables: {P: "${ssmstore key}-${ami owners:self name_regex:x}"}}
  - {name: b, template_path: t.json, variables: {P: "${output a::U} ${xref other::X} ${hook_data d::zone_id}"}}
""")
    assert validate(program) == "0 errors, 0 warnings in 2 stacks\n"


def test_every_fault_with_its_place(program):
    files(program, t_json=GOOD, bad_yaml="Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueNam: x\n      Fifo: !Ref Nothing\n",
          c_yml="""namespace: x
pre_build: [{path: stacker.hooks.route53.create_domian}]
stacks:
  - {name: a, template_path: nowhere.json}
  - {name: b, template_path: t.json, variables: {P: "${outptu a::U}"}}
  - {name: c, class_path: stacker_blueprints.sqs.Queues, variables: {Queues: 3}}
""")
    said = program.run("validate", "c.yml", folder=program.home, code=3, MAINSTAY_PYTHON="/nowhere").stdout
    assert "error[FileNotFound]: c.yml:4:30" in said and 'error[LookupInvalid]: c.yml:5:' in said
    assert "c.yml:2:13" in said
    assert "3 errors, 0 warnings in 3 stacks" in said
    files(program, c_yml="""namespace: x
stacks:
  - {name: c, class_path: stacker_blueprints.sqs.Queues, variables: {Queues: 3}}
  - {name: d, template_path: bad.yaml}
""")
    said = validate(program, "--sarif", "out.sarif", code=3)
    assert "stack c: error[VariableInvalid]: c.yml:3:69" in said
    assert "bad.yaml:" in said and "Nothing" in said
    results = json.loads((program.home / "out.sarif").read_text())["runs"][0]["results"]
    assert {r["ruleId"] for r in results} >= {"VariableInvalid"}
    assert any(r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "bad.yaml" for r in results)


def test_a_wrong_property_is_a_warning(program):
    files(program, bad_yaml="Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueNam: x\n",
          c_yml="namespace: x\nstacks: [{name: d, template_path: bad.yaml}]\n")
    said = validate(program)
    assert "stack d: warning[PropertyInvalid]: bad.yaml:5:7" in said and "0 errors, 1 warning in 1 stack" in said
