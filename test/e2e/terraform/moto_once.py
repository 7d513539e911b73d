"""moto's server, with what AWS does for a request whose answer got lost: the retry is no second request.

Every attempt of a call carries the same `amz-sdk-invocation-id`, and what EC2 makes it knows by a client token. moto 5.2.5
reads neither: a retry makes another endpoint, which is in no state and is never destroyed.

The policy of a bucket counts without the statements that have a condition: moto takes each of them for unmet, and for a
refusal. That would deny all access to a bucket that denies requests without TLS.
"""

import collections
import json
import os
import sys
import threading

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.s3.models import FakeBucket
from moto.server import main

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "decisions"))
import moto_digest  # noqa: E402, F401: its KMS signs a digest as it is

KEPT = 1000
answer = DomainDispatcherApplication.__call__
answers = collections.OrderedDict()
one_attempt = collections.defaultdict(threading.Lock)


def answer_once(self, environ, start_response):
    call = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
    if call is None:
        return answer(self, environ, start_response)
    with one_attempt[call]:
        if call in answers:
            print(f"answered again: {environ.get('HTTP_AMZ_SDK_REQUEST')}", file=sys.stderr)
        else:
            answers[call] = whole_answer(self, environ)
        status, headers, body = answers[call]
        # What failed is tried anew.
        if status.startswith("5"):
            del answers[call]
    while len(answers) > KEPT:
        one_attempt.pop(answers.popitem(last=False)[0], None)
    start_response(status, headers)
    return [body]


def whole_answer(self, environ):
    started = []
    parts = answer(self, environ, lambda status, headers, *_: started.append((status, headers)))
    try:
        body = b"".join(parts)
    finally:
        parts.close()
    return (*started[-1], body)


def permission_without_conditions(self, action, resource):
    if self.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(self.policy)
    policy["Statement"] = [each for each in policy["Statement"] if "Condition" not in each]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


DomainDispatcherApplication.__call__ = answer_once
FakeBucket.get_permission = permission_without_conditions

if __name__ == "__main__":
    main()
