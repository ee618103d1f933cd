"""The side of mainstay that runs in the user's Python: renders blueprints, answers lookups, runs hooks.

Speaks with mainstay in frames over the pipes that it was started with: a decimal length, a newline,
and that many bytes of JSON. See src/python/README.md of mainstay for the messages.
"""
