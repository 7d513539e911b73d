"""moto's server, with what its DynamoDB lacks: moto 5.2.5 runs requests side by side and undoes a cancelled transaction
by putting back a copy of the whole table, so that what others wrote meanwhile is lost. DynamoDB isolates transactions.
Its KMS signs digests as KMS does. The copy is of what a transaction changes alone: moto copies each item of the table for each of
its writes, and is slower than an exchange waits once a few hundred runs have begun."""

import copy
import os
import sys
import threading
from collections import defaultdict

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.server import main

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "decisions"))
import moto_digest  # noqa: E402, F401: its KMS signs a digest as it is

one_at_a_time = threading.Lock()
call_action = DynamoHandler.call_action


def call_action_alone(self):
    with one_at_a_time:
        return call_action(self)


DynamoHandler.call_action = call_action_alone


def snapshot(self, _):
    copied = copy.copy(self)
    rows = {key: dict(row) if isinstance(row, dict) else row for key, row in self.items.items()}
    copied.items = defaultdict(dict, rows)
    return copied


# Items are shared with the copy: all that writes puts another one in their place, but for this.
update_item = DynamoDBBackend.update_item


def update_item_of_its_own(self, table_name, key, *args, **kwargs):
    table = self.get_table(table_name)
    row = table.items.get(DynamoType(key[table.hash_key_attr]), {})
    if table.range_key_attr is not None:
        at = DynamoType(key[table.range_key_attr])
        if at in row:
            row[at] = copy.deepcopy(row[at])
    elif row != {}:
        table.items[DynamoType(key[table.hash_key_attr])] = copy.deepcopy(row)
    return update_item(self, table_name, key, *args, **kwargs)


Table.__deepcopy__ = snapshot
DynamoDBBackend.update_item = update_item_of_its_own

if __name__ == "__main__":
    main()
