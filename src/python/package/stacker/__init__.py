"""The parts of stacker that blueprints, lookups and hooks are written against.

Carried by mainstay and written for it, on the behaviour that https://stacker.readthedocs.io (1.7)
documents. Used where stacker itself is not installed, or does not run on this Python.
"""

__version__ = "1.7.2"
