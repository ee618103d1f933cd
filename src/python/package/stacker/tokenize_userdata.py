"""User data with references in it: "x ${Ref('Bucket')}" written as Ref("Bucket") and
Fn::GetAtt("Bucket", "Arn") in the text, taken apart for Join."""

import re

from troposphere import GetAtt, Ref

_CALL = re.compile(r"""(Ref|Fn::GetAtt)\(([^)]+)\)""")


def cf_tokenize(s):
    parts, end = [], 0
    for call in _CALL.finditer(s):
        parts.append(s[end:call.start()])
        arguments = [argument.strip("'\" ") for argument in call.group(2).split(",")]
        made = Ref(*arguments) if call.group(1) == "Ref" else GetAtt(*arguments)
        parts.append(made.data)
        end = call.end()
    parts.append(s[end:])
    return parts
