"""What real companions, with exchange and gateway behind them, give and refuse."""

from __future__ import annotations

import asyncio
import os
import unittest
import urllib.error
import urllib.request
from datetime import datetime, timezone
from typing import Any

from ambit_client import AmbitClient, AmbitRefused, AmbitUnavailable, AsyncAmbitClient, AsyncRun, Run

from shared import REFUSALS
from test_shared_cases import asked_of, asked_of_async

# The address of web-reader's companion, and of support-triage's; a user's token for support-triage.answer, and one for
# another agent
READER = os.environ.get("AMBIT_READER", "")
SUPPORT = os.environ.get("AMBIT_SUPPORT", "")
EVIDENCE = os.environ.get("AMBIT_EVIDENCE", "")
FOREIGN = os.environ.get("AMBIT_FOREIGN_EVIDENCE", "")

# No proxy of the environment
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@unittest.skipUnless(READER, "no companion runs: npm run e2e -- client starts some")
class RealCompanion(unittest.TestCase):
    def test_threads_get_a_token_hand_work_on_get_aws_credentials_and_end(self) -> None:
        with AmbitClient(url=SUPPORT).run("answer", start="user", evidence=EVIDENCE) as run:
            token = run.token("zendesk", actions=["read"])
            self.assertEqual(token.actions, ("read",))
            self.assertEqual(token.authorization, f"Bearer {token.value}")
            self.assertGreater(token.expires_at, datetime.now(timezone.utc))
            self.assertEqual(len(run.delegate("researcher.lookup").value.split(".")), 3)
            self.assertGreater(run.aws_credentials()().expiration, datetime.now(timezone.utc))
            assert run.names is not None
            self.assertGreater(run.names.expires_at, datetime.now(timezone.utc))
        self.refused("companion.no-run", asking=lambda: run.token("zendesk"))

    def test_tasks_of_asyncio_get_a_token_hand_work_on_get_aws_credentials_and_end(self) -> None:
        async def works() -> AsyncRun:
            async with AsyncAmbitClient(url=SUPPORT).run("answer", start="user", evidence=EVIDENCE) as run:
                token, handed, credentials = await asyncio.gather(
                    run.token("zendesk", actions=["read"]), run.delegate("researcher.lookup"), run.aws_credentials()()
                )
                self.assertEqual(token.actions, ("read",))
                self.assertEqual(len(handed.value.split(".")), 3)
                self.assertGreater(credentials.expiration, datetime.now(timezone.utc))
                return run

        run = asyncio.run(works())
        self.refused("companion.no-run", asking=lambda: asyncio.run(run.token("zendesk")))

    def test_a_tool_is_called_at_its_address(self) -> None:
        for run in self.readers():
            url = run.tool_url("search") if isinstance(run, Run) else asyncio.run(run.tool_url("search"))
            with DIRECT.open(f"{url}/v1/search?q=weather", timeout=10) as answer:
                self.assertEqual(answer.status, 200)

    def test_fails_when_the_gateway_refuses_a_call_as_any_http_client_sees(self) -> None:
        for run in self.readers():
            url = run.tool_url("search") if isinstance(run, Run) else asyncio.run(run.tool_url("search"))
            with self.assertRaises(urllib.error.HTTPError) as caught:
                DIRECT.open(f"{url}/v1/admin", timeout=10)
            with caught.exception as refused:
                self.assertEqual(refused.code, 403)

    def test_fails_with_status_code_what_and_fix_as_the_exchange_refuses(self) -> None:
        for case in REFUSALS:
            with self.subTest(case["name"], by="threads"):
                client = AmbitClient(url=self.address(case))
                run = self.started(client, case)
                self.refused(*case["codes"], status=case["status"], asking=lambda: asked_of(client, run, *case["ask"]))
            with self.subTest(case["name"], by="asyncio"):
                later = AsyncAmbitClient(url=self.address(case))
                other = self.started(later, case)
                asking = asked_of_async(later, other, *case["ask"])
                self.refused(*case["codes"], status=case["status"], asking=lambda: asyncio.run(asking))

    def test_fails_where_no_companion_is(self) -> None:
        run = AmbitClient(url="http://127.0.0.1:1").run("answer", start="user", evidence=EVIDENCE)
        with self.assertRaisesRegex(AmbitUnavailable, "the companion at http://127.0.0.1:1 did not answer"):
            run.token("zendesk")

    def readers(self) -> list[Run | AsyncRun]:
        return [
            AmbitClient(url=READER).run("fetch", start="agent"),
            AsyncAmbitClient(url=READER).run("fetch", start="agent"),
        ]

    def address(self, case: dict[str, Any]) -> str:
        return READER if case["at"] == "reader" else SUPPORT

    def started(self, client: Any, case: dict[str, Any]) -> Any:
        if case["start"] == "agent":
            return client.run(case["task"], start="agent")
        evidence = {"foreign": FOREIGN, "none": "a.b.c"}.get(case.get("evidence", ""), EVIDENCE)
        return client.run(case["task"], start=case["start"], evidence=evidence)

    def refused(self, *codes: str, asking: Any, status: int = 404) -> None:
        with self.assertRaises(AmbitRefused) as caught:
            asking()
        error = caught.exception
        self.assertEqual((error.status, [reason.code for reason in error.reasons]), (status, list(codes)))
        self.assertTrue(all(reason.what and reason.fix for reason in error.reasons))


if __name__ == "__main__":
    unittest.main()
