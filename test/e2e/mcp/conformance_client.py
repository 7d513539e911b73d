"""What the conformance suite starts as a client: it has the tests' own process act, and ends with it.

Arguments: where the tests listen, and the server of the scenario.
"""

import json
import os
import sys
import urllib.request

asked = {
    "scenario": os.environ["MCP_CONFORMANCE_SCENARIO"],
    "context": json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT", "{}")),
    "server": sys.argv[2],
}
urllib.request.urlopen(sys.argv[1], json.dumps(asked).encode())
