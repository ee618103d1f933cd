#!/usr/bin/env python3
"""The Python modules that the program carries, as one JSON map from path to text.

usage: python_pack.py OUTPUT FOLDER
"""

import json
import pathlib
import sys

output, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
files = {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*.py"))}
for path, text in files.items():
    compile(text, path, "exec")  # what can't be read is known when it is built, not when it is run
output.write_text(json.dumps(files))
