"""A run that tasks of asyncio share."""

from __future__ import annotations

import asyncio
import unittest
from typing import Any

from ambit_client import AmbitRefused, AmbitUnavailable, AsyncAmbitClient, AsyncRun

from raw_companion import RawCompanion
from shared import BEGUN, GIVEN, refusal


def begun(companion: RawCompanion) -> AsyncRun:
    return AsyncAmbitClient(url=companion.url).run("answer", start="user", evidence="proof")


async def asked(companion: RawCompanion, count: int = 1) -> None:
    while len(companion.asked) < count:
        await asyncio.sleep(0.001)


class Runs(unittest.IsolatedAsyncioTestCase):
    async def test_a_run_begins_once_however_many_tasks_ask_at_once(self) -> None:
        with RawCompanion([BEGUN, *[GIVEN] * 7]) as companion:
            run = begun(companion)
            tokens = await asyncio.gather(*[run.token(f"tool-{index}") for index in range(8)])
            self.assertEqual(sorted(token.value for token in tokens), ["first", *["next"] * 7])
            self.assertEqual(companion.lines().count("POST /v1/runs"), 1)

    async def test_fails_alike_for_all_that_wait_and_sends_evidence_again_with_the_next_request(self) -> None:
        with RawCompanion([refusal(403, "evidence.replayed"), BEGUN]) as companion:
            run = begun(companion)
            waiting = [run.token("a"), run.delegate("a.b"), run.tool_url("c"), run.aws_credentials()()]
            outcomes = await asyncio.gather(*waiting, return_exceptions=True)
            for outcome in outcomes:
                self.assertIsInstance(outcome, AmbitRefused)
            self.assertEqual(companion.lines(), ["POST /v1/runs"])
            self.assertEqual((await run.token("b")).value, "first")

    async def test_a_run_begins_for_those_who_wait_where_one_of_them_is_cancelled(self) -> None:
        with RawCompanion([BEGUN]) as companion:
            companion.held.clear()
            run = begun(companion)
            patient = asyncio.ensure_future(run.token("a"))
            await asked(companion)
            impatient = asyncio.ensure_future(run.token("b"))
            await asyncio.sleep(0)
            impatient.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await impatient
            companion.held.set()
            self.assertEqual((await patient).value, "first")

    async def test_a_run_begins_also_where_the_one_that_began_it_is_cancelled_as_its_evidence_is_used(self) -> None:
        with RawCompanion([BEGUN, GIVEN]) as companion:
            companion.held.clear()
            run = begun(companion)
            first = asyncio.ensure_future(run.token("a"))
            await asked(companion)
            first.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await first
            companion.held.set()
            self.assertEqual((await run.token("b")).value, "next")
            self.assertEqual(companion.lines(), ["POST /v1/runs", "POST /v1/runs/r-1/token"])

    async def test_fails_quietly_where_all_that_waited_for_a_refusal_are_gone(self) -> None:
        complaints: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        with RawCompanion([refusal(403, "evidence.replayed")]) as companion:
            companion.held.clear()
            run = begun(companion)
            first = asyncio.ensure_future(run.token("a"))
            await asked(companion)
            first.cancel()
            companion.held.set()
            await run.end()
        self.assertEqual(complaints, [])

    async def test_fails_at_once_where_a_token_is_cancelled_that_does_not_come(self) -> None:
        with RawCompanion([BEGUN, "silent"]) as companion:
            run = begun(companion)
            await run.token("a")
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(run.token("b"), 0.05)
            self.assertEqual(len(companion.asked), 2)

    async def test_evidence_may_be_a_function_or_a_coroutine_function(self) -> None:
        async def later() -> str:
            await asyncio.sleep(0)
            return "later"

        for evidence, sent in ((lambda: "now", "now"), (later, "later")):
            with RawCompanion([BEGUN]) as companion:
                client = AsyncAmbitClient(url=companion.url)
                await client.run("answer", start="user", evidence=evidence).token("zendesk")
                self.assertEqual(companion.bodies()[0]["evidence"], sent)

    async def test_fails_with_what_its_evidence_fails_with_and_asks_nothing(self) -> None:
        async def evidence() -> str:
            raise LookupError("the user has left")

        with RawCompanion([]) as companion:
            run = AsyncAmbitClient(url=companion.url).run("answer", start="user", evidence=evidence)
            with self.assertRaisesRegex(LookupError, "the user has left"):
                await run.token("zendesk")
            self.assertEqual(companion.asked, [])

    async def test_a_run_is_ended_when_it_is_just_beginning(self) -> None:
        with RawCompanion([BEGUN, {"status": 204}]) as companion:
            run = begun(companion)
            token = asyncio.ensure_future(run.token("zendesk"))
            await asked(companion)
            await run.end()
            self.assertEqual((await token).value, "first")
            self.assertEqual(companion.lines(), ["POST /v1/runs", "DELETE /v1/runs/r-1"])

    async def test_fails_where_the_evidence_of_a_run_asks_the_run_itself(self) -> None:
        async def in_a_task(run: AsyncRun) -> object:
            return await asyncio.gather(asyncio.wait_for(run.token("a"), 10))

        for asks in (lambda run: run.token("a"), lambda run: run.tool_url("a"), lambda run: run.end(), in_a_task):
            with RawCompanion([BEGUN]) as companion:
                own: list[AsyncRun] = []

                async def evidence(asks: Any = asks, own: list[AsyncRun] = own) -> str:
                    if len(own) == 1:
                        await asks(own.pop())
                    return "proof"

                run = AsyncAmbitClient(url=companion.url).run("answer", start="user", evidence=evidence)
                own.append(run)
                with self.assertRaisesRegex(RuntimeError, "the evidence of the run asks the run itself"):
                    await asyncio.wait_for(run.token("a"), 10)
                self.assertEqual(companion.asked, [])
                self.assertEqual((await run.token("a")).value, "first")

    async def test_evidence_may_be_that_of_another_run(self) -> None:
        with RawCompanion([BEGUN, BEGUN]) as companion:
            client = AsyncAmbitClient(url=companion.url)
            first = client.run("answer", start="user", evidence="proof")

            async def evidence() -> str:
                return (await first.delegate("a.b")).value

            second = client.run("answer", start="delegation", evidence=evidence)
            self.assertEqual((await second.token("a")).value, "first")

    async def test_a_task_that_evidence_made_may_ask_the_run_once_it_has_begun(self) -> None:
        with RawCompanion([BEGUN, GIVEN]) as companion:
            made: list[asyncio.Task[str]] = []
            begins = asyncio.Event()

            async def later() -> str:
                await begins.wait()
                return (await run.token("b")).value

            def evidence() -> str:
                made.append(asyncio.ensure_future(later()))
                return "proof"

            run = AsyncAmbitClient(url=companion.url).run("answer", start="user", evidence=evidence)
            await run.token("a")
            begins.set()
            self.assertEqual(await asyncio.wait_for(made[0], 10), "next")

    async def test_a_block_ends_its_run(self) -> None:
        with RawCompanion([BEGUN, {"status": 204}]) as companion:
            async with begun(companion) as run:
                await run.token("zendesk")
            self.assertEqual(companion.lines()[-1], "DELETE /v1/runs/r-1")

    async def test_fails_with_what_the_work_of_a_block_fails_with_also_where_the_run_cannot_be_ended(self) -> None:
        with RawCompanion([BEGUN, "closed"]) as companion:
            with self.assertRaisesRegex(RuntimeError, "the tool is away"):
                async with begun(companion) as run:
                    await run.token("zendesk")
                    raise RuntimeError("the tool is away")

    async def test_fails_where_a_block_cannot_end_its_run(self) -> None:
        with RawCompanion([BEGUN, "closed"]) as companion:
            with self.assertRaises(AmbitUnavailable):
                async with begun(companion) as run:
                    await run.token("zendesk")


if __name__ == "__main__":
    unittest.main()
