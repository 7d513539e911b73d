"""moto's server whose state outlives its process: what changes something is written to a journal before it is answered, and
the process that starts with that journal does all of it again.

What it does again must come to the same: so each change draws its ids and keys from its own place in the journal, and a table
that is made again was made when it was: an exchange takes it for another one otherwise, and refuses all (`store.restored`)."""

import base64
import datetime
import io
import json
import os
import sys
import threading
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "exchange"))
import moto_serial  # noqa: E402, F401
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from moto.dynamodb.models import table  # noqa: E402
from moto.kms import utils  # noqa: E402
from moto.moto_api._internal import mock_random  # noqa: E402
from moto.moto_server.werkzeug_app import DomainDispatcherApplication  # noqa: E402
from moto.server import main  # noqa: E402

JOURNAL = os.environ["AMBIT_MOTO_JOURNAL"]
CHANGES_NOTHING = ("BatchGet", "Describe", "Get", "List", "Query", "Scan", "Sign", "TransactGet", "Verify")

answer = DomainDispatcherApplication.__call__
one_at_a_time = threading.RLock()
journal = open(JOURNAL, "a+b", buffering=0)
done = 0
now = 0.0
is_back = False


def changes(environ):
    operation = environ.get("HTTP_X_AMZ_TARGET", "").split(".")[-1]
    return environ["REQUEST_METHOD"] not in ("GET", "HEAD") and not operation.startswith(CHANGES_NOTHING)


def body_of(environ):
    stream = environ["wsgi.input"]
    return stream.read() if environ.get("wsgi.input_terminated") else stream.read(int(environ.get("CONTENT_LENGTH") or 0))


def change(application, environ, body, at):
    """Status, headers and body of the answer"""
    global done, now
    done += 1
    now = at
    mock_random.seed(done)
    started = []
    given = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    parts = answer(application, given, lambda status, headers, *_: started.append((status, headers)))
    try:
        return (*started[-1], b"".join(parts))
    finally:
        parts.close()


def bring_back(application):
    journal.seek(0)
    for line in journal.read().splitlines():
        kept = json.loads(line)
        fixed = {"wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr, "wsgi.multithread": True}
        change(application, {**fixed, **kept["environ"]}, base64.b64decode(kept["body"]), kept["at"])


def answer_and_keep(self, environ, start_response):
    global is_back
    with one_at_a_time:
        if not is_back:
            bring_back(self)
            is_back = True
    if not changes(environ):
        return answer(self, environ, start_response)
    body = body_of(environ)
    with one_at_a_time:
        at = time.time()
        texts = {key: value for key, value in environ.items() if isinstance(value, str)}
        kept = json.dumps({"at": at, "environ": texts, "body": base64.b64encode(body).decode()})
        journal.write(kept.encode() + b"\n")
        status, headers, said = change(self, environ, body, at)
    start_response(status, headers)
    return [said]


def generated(curve):
    return ec.derive_private_key(mock_random.getrandbits(curve.key_size - 1) + 1, curve)


DomainDispatcherApplication.__call__ = answer_and_keep
utils.ec.generate_private_key = generated
table.utcnow = lambda: datetime.datetime.fromtimestamp(now, datetime.timezone.utc).replace(tzinfo=None)

if __name__ == "__main__":
    main()
