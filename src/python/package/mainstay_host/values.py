"""Values from mainstay, which are plain data, as blueprints expect them."""

import inspect


def _intrinsics():
    from troposphere import AWSHelperFn

    class Intrinsic(AWSHelperFn, dict):
        """{"Fn::Join": ...} as the lookup `file` gives it: a map, and something that properties take."""

        def __init__(self, data):
            dict.__init__(self, data)
            self.data = dict(data)

        def to_dict(self):
            return dict(self)

    return Intrinsic


def _is_intrinsic(value):
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in ("Ref", "Fn::Join", "Fn::Base64")


def _wrapped(value, made):
    if _is_intrinsic(value):
        return made(value)
    if isinstance(value, dict):
        return {key: _wrapped(part, made) for key, part in value.items()}
    if isinstance(value, list):
        return [_wrapped(part, made) for part in value]
    return value


def _holds_intrinsic(value):
    if _is_intrinsic(value):
        return True
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_holds_intrinsic(part) for part in parts)


def given_to(declared, value):
    """For a variable: intrinsics can stand where text can, and a class of troposphere is made from data."""
    kind = (declared or {}).get("type")
    if inspect.isclass(kind) and hasattr(kind, "from_dict") and isinstance(value, dict):
        return kind.from_dict(None, value)
    return _wrapped(value, _intrinsics()) if _holds_intrinsic(value) else value


def helper(value):
    """Hook data: where an uploaded function lies is troposphere's Code, as stacker's hook gives it."""
    if isinstance(value, dict) and "S3Key" in value and set(value) <= {"S3Bucket", "S3Key", "S3ObjectVersion"}:
        try:
            from troposphere.awslambda import Code
        except ImportError:
            return value
        return Code(**value)
    return value
