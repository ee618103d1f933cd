from troposphere import GetAtt, Join, Ref, sqs

from naming import dashed
from stacker.blueprints.base import Blueprint


class Queues(Blueprint):
    """Queues by name, each with the seconds that a message is hidden once it was read."""

    VARIABLES = {"Queues": {"type": dict}}

    def create_template(self):
        queues = self.get_variables()["Queues"]
        for name, seconds in sorted(queues.items()):
            self.template.add_resource(sqs.Queue(
                name, QueueName=dashed(self.context.namespace, name), VisibilityTimeout=seconds))
            self.add_output(name + "Url", Ref(name))
        self.add_output("Arns", Join(",", [GetAtt(name, "Arn") for name in sorted(queues)]))
