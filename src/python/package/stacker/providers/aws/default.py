"""Reads stacks through mainstay. What changes stacks is mainstay's own work, so that a program can't
go past its questions: those methods say so."""

from ...exceptions import StackDoesNotExist
from ..base import BaseProvider, BaseProviderBuilder


class ProviderBuilder(BaseProviderBuilder):
    def __init__(self, region=None, **kwargs):
        self.region = region

    def build(self, region=None, profile=None):
        return Provider(region=region or self.region, profile=profile)


class Provider(BaseProvider):
    def __init__(self, session=None, region=None, profile=None, **_):
        self.region = region
        self.profile = profile
        self._session = session

    @property
    def session(self):
        if self._session is None:
            from ...session_cache import get_session
            self._session = get_session(self.region, self.profile)
        return self._session

    @property
    def cloudformation(self):
        return self.session.client("cloudformation")

    def get_stack(self, stack_name, **kwargs):
        from mainstay_host import parent
        found = parent.ask("stack", name=stack_name, region=kwargs.get("region") or "")
        if found is None:
            raise StackDoesNotExist(stack_name)
        return found

    def get_stack_name(self, stack, **_):
        return stack["StackName"]

    def get_stack_status(self, stack, **_):
        return stack["StackStatus"]

    def get_stack_tags(self, stack, **_):
        return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}

    def get_output_dict(self, stack):
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def get_outputs(self, stack_name, *args, **kwargs):
        return self.get_output_dict(self.get_stack(stack_name))

    def _ours(self, *args, **kwargs):
        raise NotImplementedError("stacks are created, updated and deleted by mainstay, not by a blueprint or hook")

    create_stack = update_stack = destroy_stack = prepare_stack_for_update = _ours
