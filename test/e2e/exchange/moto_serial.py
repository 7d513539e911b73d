"""moto's server, with what its DynamoDB lacks: moto 5.2.5 runs requests side by side and undoes a cancelled transaction
by putting back a copy of the whole table, so that what others wrote meanwhile is lost. DynamoDB isolates transactions.
Its KMS signs digests as KMS does."""

import os
import runpy
import threading

from moto.dynamodb.responses import DynamoHandler

one_at_a_time = threading.Lock()
call_action = DynamoHandler.call_action


def call_action_alone(self):
    with one_at_a_time:
        return call_action(self)


DynamoHandler.call_action = call_action_alone
runpy.run_path(os.path.join(os.path.dirname(__file__), "..", "decisions", "moto_digest.py"), run_name="__main__")
