"""The lookups that a configuration names under `lookups:`, by their names there."""

from ..util import load_object_from_string

LOOKUP_HANDLERS = {}


def register_lookup_handler(lookup_type, handler_or_path):
    handler = handler_or_path
    if isinstance(handler, str):
        handler = load_object_from_string(handler)
    LOOKUP_HANDLERS[lookup_type] = handler


def unregister_lookup_handler(lookup_type):
    LOOKUP_HANDLERS.pop(lookup_type, None)
