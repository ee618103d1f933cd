"""boto3 in blueprints, lookups and hooks. The keys of the run are not in this process until somebody
makes a session; then mainstay is asked for them, and for where the run goes."""

import importlib.abc
import os
import sys

from . import parent, settings

_known = {}


def _ask(profile):
    if profile not in _known:
        _known[profile] = parent.ask("aws", profile=profile or "")
    return _known[profile]


def keys_for(profile=None):
    """Arguments for boto3.Session."""
    keys = _ask(profile)
    arguments = {"aws_access_key_id": keys["access_key"], "aws_secret_access_key": keys["secret_key"]}
    if keys.get("token"):
        arguments["aws_session_token"] = keys["token"]
    return arguments


def variables(profile=None):
    """The same for programs that a hook starts."""
    keys = _ask(profile)
    found = {"AWS_ACCESS_KEY_ID": keys["access_key"], "AWS_SECRET_ACCESS_KEY": keys["secret_key"]}
    if keys.get("token"):
        found["AWS_SESSION_TOKEN"] = keys["token"]
    if keys.get("endpoint"):
        found["AWS_ENDPOINT_URL"] = keys["endpoint"]
    return found


def _patch(session_module):
    """Sessions that nobody gave keys have the run's, and all clients go where the run goes."""
    Session = session_module.Session
    get_credentials, create_client = Session.get_credentials, Session.create_client

    def with_keys(self):
        if self._credentials is None:
            profile = self.profile if self.profile != "default" else None
            keys = _ask(profile)
            self.set_credentials(keys["access_key"], keys["secret_key"], keys.get("token") or None)
        return get_credentials(self)

    def there(self, service_name, region_name=None, *rest, **named):
        keys = _ask(None)
        if keys.get("endpoint") and len(rest) < 4 and named.get("endpoint_url") is None:
            named["endpoint_url"] = keys["endpoint"]
        region = region_name or self.get_config_variable("region") or settings.region or keys.get("region")
        return create_client(self, service_name, region, *rest, **named)

    def any_profile(self):
        # Profiles are mainstay's to read: the shared files are not shown to this process.
        return {}

    Session.get_credentials, Session.create_client = with_keys, there
    scoped = Session.get_scoped_config

    def scoped_or_nothing(self):
        return scoped(self) if self.profile is None else any_profile(self)

    Session.get_scoped_config = scoped_or_nothing


class _Watch(importlib.abc.MetaPathFinder):
    """Patches botocore.session as it is imported."""

    def find_spec(self, name, path=None, target=None):
        if name != "botocore.session":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            _patch(module)

        spec.loader.exec_module = exec_module
        return spec


def install():
    for name in list(os.environ):
        if name.startswith("AWS_") and name not in ("AWS_DEFAULT_REGION", "AWS_REGION"):
            del os.environ[name]
    if settings.region:
        os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"] = settings.region
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.environ["AWS_CONFIG_FILE"] = os.devnull
    if "botocore.session" in sys.modules:
        _patch(sys.modules["botocore.session"])
    else:
        sys.meta_path.insert(0, _Watch())
