"""A run that threads share."""

from __future__ import annotations

import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ambit_client import AmbitClient, AmbitRefused, AmbitUnavailable, Run

from raw_companion import RawCompanion
from shared import BEGUN, GIVEN, refusal


def begun(companion: RawCompanion) -> Run:
    return AmbitClient(url=companion.url).run("answer", start="user", evidence="proof")


def counted(run: Run) -> threading.Semaphore:
    """Released by each thread that waits for the run to begin"""
    waiting = threading.Semaphore(0)
    beginning: Any = run._beginning  # pyright: ignore[reportPrivateUsage]
    result = beginning.result

    def counting() -> object:
        waiting.release()
        return result()

    beginning.result = counting
    return waiting


class Runs(unittest.TestCase):
    def test_a_run_begins_once_however_many_threads_ask_at_once(self) -> None:
        with RawCompanion([BEGUN, *[GIVEN] * 7]) as companion, ThreadPoolExecutor(8) as threads:
            companion.held.clear()
            run = begun(companion)
            tokens = [threads.submit(run.token, f"tool-{index}") for index in range(8)]
            companion.wait_for(1)
            companion.held.set()
            values = sorted(token.result(10).value for token in tokens)
            self.assertEqual(values, ["first", *["next"] * 7])
            self.assertEqual(companion.lines().count("POST /v1/runs"), 1)

    def test_evidence_is_sent_once_however_many_wait_and_are_refused_and_again_with_the_next_request(self) -> None:
        with RawCompanion([refusal(403, "evidence.replayed"), BEGUN]) as companion, ThreadPoolExecutor(3) as threads:
            companion.held.clear()
            run = begun(companion)
            first = threads.submit(run.token, "a")
            companion.wait_for(1)
            waiting = counted(run)
            others = [threads.submit(run.token, "b"), threads.submit(run.delegate, "a.b")]
            for _ in others:
                self.assertTrue(waiting.acquire(timeout=10))
            companion.held.set()
            for future in [first, *others]:
                error = future.exception(10)
                self.assertTrue(isinstance(error, AmbitRefused) and error.has("evidence.replayed"))
            self.assertEqual(companion.lines(), ["POST /v1/runs"])
            self.assertEqual(run.token("c").value, "first")

    def test_a_run_asks_for_its_evidence_each_time_that_it_tries_to_begin(self) -> None:
        with RawCompanion([refusal(503, "store.unavailable"), BEGUN, GIVEN]) as companion:
            proofs = iter(["proof-1", "proof-2"])
            run = AmbitClient(url=companion.url).run("answer", start="user", evidence=lambda: next(proofs))
            with self.assertRaises(AmbitUnavailable):
                run.token("zendesk")
            run.token("zendesk")
            run.token("claude")
            self.assertEqual([body.get("evidence") for body in companion.bodies()], ["proof-1", "proof-2", None])

    def test_fails_with_what_its_evidence_fails_with_and_asks_nothing(self) -> None:
        class UserHasLeft(Exception):
            pass

        def evidence() -> str:
            raise UserHasLeft

        with RawCompanion([]) as companion:
            run = AmbitClient(url=companion.url).run("answer", start="user", evidence=evidence)
            with self.assertRaises(UserHasLeft):
                run.token("zendesk")
            self.assertEqual(companion.asked, [])

    def test_fails_for_those_who_wait_where_the_thread_that_begins_is_stopped(self) -> None:
        asked, stopped = threading.Event(), threading.Event()

        def evidence() -> str:
            asked.set()
            stopped.wait(10)
            raise KeyboardInterrupt

        def begins() -> None:
            with self.assertRaises(KeyboardInterrupt):
                run.token("a")

        run = AmbitClient(url="http://127.0.0.1:1").run("answer", start="user", evidence=evidence)
        first = threading.Thread(target=begins)
        first.start()
        self.assertTrue(asked.wait(10))
        waiting = counted(run)
        with ThreadPoolExecutor(1) as threads:
            other = threads.submit(run.token, "b")
            self.assertTrue(waiting.acquire(timeout=10))
            stopped.set()
            error = other.exception(10)
        first.join(10)
        self.assertIsInstance(error, AmbitUnavailable)
        self.assertEqual(str(error), "the thread that began the run was stopped")

    def test_a_run_is_ended_when_it_is_just_beginning(self) -> None:
        with RawCompanion([BEGUN, {"status": 204}]) as companion, ThreadPoolExecutor(2) as threads:
            companion.held.clear()
            run = begun(companion)
            token = threads.submit(run.token, "zendesk")
            companion.wait_for(1)
            end = threads.submit(run.end)
            companion.held.set()
            end.result(10)
            self.assertEqual(token.result(10).value, "first")
            self.assertEqual(companion.lines(), ["POST /v1/runs", "DELETE /v1/runs/r-1"])

    def test_fails_where_the_evidence_of_a_run_asks_the_run_itself(self) -> None:
        for asks in (lambda run: run.token("a"), lambda run: run.tool_url("a"), lambda run: run.end()):
            with RawCompanion([BEGUN]) as companion, ThreadPoolExecutor(1) as threads:
                own: list[Run] = []

                def evidence(asks: Any = asks, own: list[Run] = own) -> str:
                    if len(own) == 1:
                        asks(own.pop())
                    return "proof"

                run = AmbitClient(url=companion.url).run("answer", start="user", evidence=evidence)
                own.append(run)
                with self.assertRaisesRegex(RuntimeError, "the evidence of the run asks the run itself"):
                    threads.submit(run.token, "a").result(10)
                self.assertEqual(companion.asked, [])
                self.assertEqual(run.token("a").value, "first")

    def test_evidence_may_be_that_of_another_run(self) -> None:
        with RawCompanion([BEGUN, BEGUN]) as companion:
            client = AmbitClient(url=companion.url)
            first = client.run("answer", start="user", evidence="proof")
            second = client.run("answer", start="delegation", evidence=lambda: first.delegate("a.b").value)
            self.assertEqual(second.token("a").value, "first")

    def test_a_block_ends_its_run(self) -> None:
        with RawCompanion([BEGUN, {"status": 204}]) as companion:
            with begun(companion) as run:
                run.token("zendesk")
            self.assertEqual(companion.lines()[-1], "DELETE /v1/runs/r-1")
            with self.assertRaises(AmbitRefused) as caught:
                run.token("zendesk")
            self.assertTrue(caught.exception.has("companion.no-run"))

    def test_fails_with_what_the_work_of_a_block_fails_with_also_where_the_run_cannot_be_ended(self) -> None:
        with RawCompanion([BEGUN, "closed"]) as companion:
            with self.assertRaisesRegex(RuntimeError, "the tool is away"):
                with begun(companion) as run:
                    run.token("zendesk")
                    raise RuntimeError("the tool is away")
            self.assertEqual(companion.lines()[-1], "DELETE /v1/runs/r-1")

    def test_fails_where_a_block_cannot_end_its_run(self) -> None:
        with RawCompanion([BEGUN, "closed"]) as companion:
            with self.assertRaises(AmbitUnavailable):
                with begun(companion) as run:
                    run.token("zendesk")


if __name__ == "__main__":
    unittest.main()
