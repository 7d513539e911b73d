"""What the clients of both languages do alike, by threads and by asyncio."""

from __future__ import annotations

import asyncio
import json
import unittest
from typing import Any

from ambit_client import AmbitClient, AmbitError, AsyncAmbitClient, AsyncRun, Run

from raw_companion import RawCompanion
from shared import ADDRESSES, RUNS, plain, told


def asked_of(client: AmbitClient, run: Run, what: str, name: str = "", actions: list[str] | None = None) -> object:
    if what == "names":
        return run.names
    if what == "token":
        return run.token(name, actions=actions)
    if what == "delegate":
        return run.delegate(name)
    if what == "tool":
        return run.tool_url(name)
    if what == "aws":
        return run.aws_credentials()()
    if what == "task-aws":
        return client.aws_credentials(name)()
    if what == "end":
        run.end()
        return None
    raise AssertionError(f"no such thing to ask for: {what}")


async def asked_of_async(
    client: AsyncAmbitClient, run: AsyncRun, what: str, name: str = "", actions: list[str] | None = None
) -> object:
    if what == "names":
        return run.names
    if what == "token":
        return await run.token(name, actions=actions)
    if what == "delegate":
        return await run.delegate(name)
    if what == "tool":
        return await run.tool_url(name)
    if what == "aws":
        return await run.aws_credentials()()
    if what == "task-aws":
        return await client.aws_credentials(name)()
    if what == "end":
        await run.end()
        return None
    raise AssertionError(f"no such thing to ask for: {what}")


def settings_of(case: dict[str, Any], companion: RawCompanion) -> dict[str, Any]:
    limit = case.get("timeoutMilliseconds")
    return {"url": companion.url, **({} if limit is None else {"timeout_seconds": limit / 1000})}


def started(client: Any, case: dict[str, Any]) -> Any:
    if "start" in case:
        return client.run("answer", start=case["start"])
    return client.run("answer", start="user", evidence="proof")


class SharedCases(unittest.TestCase):
    maxDiff = None

    def check(self, case: dict[str, Any], companion: RawCompanion, got: list[object]) -> None:
        self.assertEqual(got, json.loads(json.dumps(case["gives"]).replace("{url}", companion.url)))
        if "asked" in case:
            self.assertEqual(companion.asked, case["asked"])

    def test_threads_get_what_the_table_says(self) -> None:
        for case in RUNS:
            with self.subTest(case["name"]), RawCompanion(case["answers"]) as companion:
                client = AmbitClient(**settings_of(case, companion))
                run = started(client, case)
                got: list[object] = []
                for ask in case["asks"]:
                    try:
                        got.append(plain(asked_of(client, run, *ask)))
                    except AmbitError as error:
                        got.append(told(error))
                self.check(case, companion, got)

    def test_tasks_of_asyncio_get_what_the_table_says(self) -> None:
        for case in RUNS:
            with self.subTest(case["name"]), RawCompanion(case["answers"]) as companion:
                self.check(case, companion, asyncio.run(self.got_async(case, companion)))

    async def got_async(self, case: dict[str, Any], companion: RawCompanion) -> list[object]:
        client = AsyncAmbitClient(**settings_of(case, companion))
        run = started(client, case)
        got: list[object] = []
        for ask in case["asks"]:
            try:
                got.append(plain(await asked_of_async(client, run, *ask)))
            except AmbitError as error:
                got.append(told(error))
        return got


class Addresses(unittest.TestCase):
    def test_an_address_on_the_loopback_is_taken(self) -> None:
        for address, origin in ADDRESSES["taken"]:
            for kind in (AmbitClient, AsyncAmbitClient):
                with self.subTest(address, kind=kind.__name__):
                    self.assertEqual(kind(url=address)._companion.url, origin)  # pyright: ignore[reportPrivateUsage]

    def test_fails_when_evidence_would_go_elsewhere(self) -> None:
        for address in ADDRESSES["refused"]:
            for kind in (AmbitClient, AsyncAmbitClient):
                with self.subTest(address, kind=kind.__name__), self.assertRaises(ValueError) as caught:
                    kind(url=address)
                self.assertEqual(
                    str(caught.exception),
                    "url must be the companion's address, http on the loopback without a path, "
                    f'got "{address}": write one such as http://127.0.0.1:7464',
                )


if __name__ == "__main__":
    unittest.main()
