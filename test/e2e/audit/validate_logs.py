"""Runs `aws cloudtrail validate-logs` for each bucket that is named: a file with a JSON list of arguments in, codes and what was said out."""

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver

said = []
with open(sys.argv[1]) as file:
    asked = json.load(file)
for arguments in asked:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = create_clidriver().main(arguments)
    said.append({"code": code, "text": out.getvalue()})
json.dump(said, sys.stdout)
