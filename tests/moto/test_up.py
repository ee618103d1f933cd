#!/usr/bin/env python3
"""The workflows against moto's server, an AWS that this project did not write.

Run by ./dev test, or alone in its venv: python -m unittest tests/moto/test_up.py
"""

import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import MAINSTAY, OnMoto  # noqa: E402

CONFIG = """
namespace: ${namespace}
stacks:
  - name: vpc
    class_path: stacker_blueprints.vpc.VPC2
    variables:
      VPC: {VPC: {CidrBlock: 10.128.0.0/16, EnableDnsHostnames: true}}
      InternalZone: {InternalZone: {Name: internal.}}
  - name: public
    class_path: stacker_blueprints.network.Network
    variables:
      VpcId: ${output vpc::VpcId}
      VpcDefaultSecurityGroup: ${output vpc::DefaultSecurityGroup}
      InternetGatewayId: ${output vpc::InternetGatewayId}
      CreateNatGateway: true
      AvailabilityZone: us-west-2a
      CidrBlock: 10.128.0.0/23
  - name: private
    class_path: stacker_blueprints.network.Network
    variables:
      VpcId: ${output vpc::VpcId}
      VpcDefaultSecurityGroup: ${output vpc::DefaultSecurityGroup}
      NatGatewayId: ${output public::NatGatewayId}
      AvailabilityZone: us-west-2a
      CidrBlock: 10.128.16.0/21
  - name: topic
    template_path: topic.yaml
    variables: {Name: 'from-${ssmstore us-west-2@/name}'}
"""
TEMPLATE = """
Parameters:
  Name: {Type: String}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {TopicName: !Ref Name}
Outputs:
  Arn: {Value: !Ref Topic}
"""


class UpOnMoto(OnMoto):
    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        pathlib.Path(path).write_text(text)
        return path

    def run_mainstay(self, verb, config, *flags, code=0):
        done = subprocess.run(
            [MAINSTAY, verb, "--json", "--endpoint", f"http://127.0.0.1:{self.port}", "-r", "us-west-2",
             "-e", "namespace=on-moto", *flags, config], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]


    def test_up_again_diff_info_down(self):
        import boto3
        clients = {name: boto3.client(name, endpoint_url=f"http://127.0.0.1:{self.port}",
                                      region_name="us-west-2", aws_access_key_id="123456789012",
                                      aws_secret_access_key="x")
                   for name in ("ssm", "ec2", "sns", "cloudformation")}
        clients["ssm"].put_parameter(Name="/name", Value="store", Type="SecureString")
        self.write("topic.yaml", TEMPLATE)
        config = self.write("stacker.yml", CONFIG)

        lines = self.run_mainstay("up", config)
        self.assertEqual(lines[0]["type"], "version")
        self.assertEqual(lines[-1]["changed"], 4)
        done = [line["stack"] for line in lines if line["type"] == "step" and line["state"] == "complete"]
        self.assertLess(done.index("vpc"), done.index("public"))
        self.assertLess(done.index("public"), done.index("private"))
        subnets = clients["ec2"].describe_subnets(
            Filters=[{"Name": "cidrBlock", "Values": ["10.128.0.0/23", "10.128.16.0/21"]}])["Subnets"]
        self.assertEqual(len(subnets), 2)
        topics = clients["sns"].list_topics()["Topics"]
        self.assertTrue(topics[0]["TopicArn"].endswith(":from-store"))

        self.assertEqual(self.run_mainstay("up", config)[-1]["changed"], 0)
        self.assertEqual(self.run_mainstay("diff", config, "--exit-code")[-1]["changed"], 0)

        edited = self.write("edited.yml", CONFIG.replace("10.128.16.0/21", "10.128.24.0/21"))
        diff = self.run_mainstay("diff", edited, "--exit-code", code=2)
        changed = [line["stack"] for line in diff if line["type"] == "diff" and line["kind"] == "updated"]
        self.assertEqual(changed, ["private"])
        stacks = clients["cloudformation"].describe_stacks()["Stacks"]
        self.assertEqual({s["StackStatus"] for s in stacks}, {"CREATE_COMPLETE"})
        for stack in stacks:
            sets = clients["cloudformation"].list_change_sets(StackName=stack["StackName"])["Summaries"]
            self.assertEqual(sets, [])

        info = {line["stack"]: line for line in self.run_mainstay("info", config) if line["type"] == "info"}
        self.assertTrue(info["vpc"]["outputs"]["VpcId"].startswith("vpc-"))

        self.run_mainstay("down", config, "--stacks", "topic", code=5)
        self.assertEqual(self.run_mainstay("down", config, "--stacks", "topic", "-f")[-1]["changed"], 1)
        self.assertEqual(clients["sns"].list_topics()["Topics"], [])
        self.assertEqual(self.run_mainstay("down", config, "--stacks", "public", "-f")[-1]["changed"], 2)


if __name__ == "__main__":
    unittest.main()
