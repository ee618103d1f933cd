"""What lookups and hooks are given as `provider`: stacks as they are deployed."""


class BaseProviderBuilder:
    def build(self, region=None):
        raise NotImplementedError("Provider does not support 'build' method.")


class BaseProvider:
    def get_stack(self, stack_name, *args, **kwargs):
        raise NotImplementedError("Provider does not support 'get_stack' method.")

    def get_outputs(self, stack_name, *args, **kwargs):
        raise NotImplementedError("Provider does not support 'get_outputs' method.")

    def get_output(self, stack_name, output):
        return self.get_outputs(stack_name)[output]


class Template:
    def __init__(self, url=None, body=None):
        self.url = url
        self.body = body
