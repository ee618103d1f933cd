"""Custom resources in the cloud that the program carries: their functions have to reach it, though it listens
nowhere before they do."""

CONFIG = """namespace: x
stacks:
  - name: custom
    template_path: t.yml
"""
TEMPLATE = """Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: |
          import cfnresponse
          def handler(event, context):
              cfnresponse.send(event, context, cfnresponse.SUCCESS, {"Answer": event["RequestType"]}, "thing")
  Thing:
    Type: Custom::Thing
    Properties: {ServiceToken: !GetAtt Function.Arn}
Outputs: {Answer: {Value: !GetAtt Thing.Answer}}
"""


def test_a_custom_resource_without_a_served_cloud(program, tmp_path):
    (tmp_path / "c.yml").write_text(CONFIG)
    (tmp_path / "t.yml").write_text(TEMPLATE)
    program.run("up", "c.yml", folder=tmp_path)
    shown = program.run("info", "c.yml", folder=tmp_path).stdout
    assert "Create" in shown, shown
    program.run("down", "--yes", "c.yml", folder=tmp_path)
