"""Any program can make a template: variables come as JSON, the template is printed."""

import json
import sys

given = json.load(sys.stdin)
print("a dashboard for", given["namespace"], file=sys.stderr)
widgets = [{"type": "text", "properties": {"markdown": arn}} for arn in given["variables"]["Queues"].split(",")]
json.dump({"Resources": {"Dashboard": {
    "Type": "AWS::CloudWatch::Dashboard",
    "Properties": {"DashboardName": given["stack_name"], "DashboardBody": json.dumps({"widgets": widgets})}}}},
    sys.stdout, indent=1)
