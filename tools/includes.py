"""Functions that a file uses without including their header.

Most presets compile a room as one unit, in which a file sees what its neighbours include; built by
itself (preset dev) it would not compile. This finds calls of a function that one of our headers
declares and none of the file's own includes reaches. It reads texts, not C++: it knows no overloads
and looks away where a name might mean something else.
"""

import re

INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)
NO_CODE = re.compile(r'R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', re.S)
DECLARATION = re.compile(r"^(?!using|typedef|return|namespace|struct|class|enum)[A-Za-z_][\w:<>,&*\s]*?[\s&*](\w+)\(", re.M)
CALL = re.compile(r"(?<![\w.>:~])([a-z]\w+)\(")


class Tree:
    def __init__(self, root, paths):
        self.text, self.code, self.reached = {}, {}, {}
        for path in paths:
            name = str(path.relative_to(root))
            self.text[name] = path.read_text()
            self.code[name] = NO_CODE.sub('""', self.text[name])
        self.declared = {}
        for name, code in self.code.items():
            if name.endswith(".hh"):
                for function in DECLARATION.findall(code):
                    self.declared.setdefault(function, set()).add(name)

    def reach(self, name):
        """The headers of ours that a file includes, whether itself or through others."""
        if name not in self.reached:
            self.reached[name] = found = set()
            for header in INCLUDE.findall(self.text.get(name, "")):
                found |= {header} | self.reach(header)
        return self.reached[name]

    def faults(self, name, may_use):
        code, reached = self.code[name], self.reach(name)
        for function in sorted(set(CALL.findall(code)) & self.declared.keys()):
            headers = {header for header in self.declared[function] if may_use(name, header)}
            if not headers or headers & (reached | {name}):
                continue
            word = re.compile(rf"\b{function}\b")
            own = re.search(rf"[\w&*>\])] {function}\(|[&*]{function}\(|\b{function} = |\b{function}\{{", code)
            if own or any(word.search(self.code[header]) for header in reached if header in self.code):
                continue
            yield f"src/{name}: {function}() is declared in {' or '.join(sorted(headers))}, which it does not include"


def faults(root, paths, may_use):
    """may_use(file, header): whether the layers let the one include the other."""
    tree = Tree(root, paths)
    for name in sorted(tree.text):
        yield from tree.faults(name, may_use)
