"""Settings, what is shown, and what is never printed."""

from __future__ import annotations

import asyncio
import os
import pickle
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from ambit_client import AmbitClient, AmbitError, AmbitRefused, AmbitUnavailable, AsyncAmbitClient, RefusalReason

from raw_companion import RawCompanion
from shared import BEGUN, GIVEN

PROXIES = {"http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"}


class Settings(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name, "token")
        environment = mock.patch.dict(os.environ)
        environment.start()
        self.addCleanup(environment.stop)
        for name in ("AMBIT_COMPANION_URL", "AMBIT_COMPANION_TOKEN_FILE"):
            os.environ.pop(name, None)

    def test_settings_come_from_the_environment_and_the_token_is_read_each_time(self) -> None:
        with RawCompanion([BEGUN, GIVEN]) as companion:
            os.environ.update(AMBIT_COMPANION_URL=companion.url, AMBIT_COMPANION_TOKEN_FILE=str(self.file))
            run = AmbitClient().run("answer", start="agent")
            self.file.write_text("first\n")
            run.token("zendesk")
            self.file.write_text("second")
            run.token("zendesk")
            self.assertEqual([each.get("authorization") for each in companion.headers], ["Bearer first", "Bearer second"])

    def test_variables_that_are_empty_are_not_set(self) -> None:
        os.environ.update(AMBIT_COMPANION_URL="", AMBIT_COMPANION_TOKEN_FILE="")
        AmbitClient()
        with RawCompanion([BEGUN]) as companion:
            AmbitClient(url=companion.url).run("answer", start="agent").token("zendesk")
            self.assertNotIn("authorization", companion.headers[0])

    def test_no_proxy_of_the_environment_gets_evidence(self) -> None:
        os.environ.update(PROXIES)
        with RawCompanion([BEGUN, BEGUN]) as companion:
            AmbitClient(url=companion.url).run("answer", start="user", evidence="proof").token("zendesk")
            run = AsyncAmbitClient(url=companion.url).run("answer", start="user", evidence="proof")
            asyncio.run(run.token("zendesk"))
            self.assertEqual(companion.lines(), ["POST /v1/runs"] * 2)

    def test_fails_where_the_token_cannot_be_read(self) -> None:
        missing = self.file.with_name("none")
        run = AmbitClient(token_file=missing).run("answer", start="agent")
        with self.assertRaises(AmbitUnavailable) as caught:
            run.token("zendesk")
        self.assertEqual(str(caught.exception), f"the companion's token could not be read from {missing}")
        self.assertIsInstance(caught.exception.__cause__, FileNotFoundError)

    def test_fails_where_the_token_would_be_another_header_and_does_not_tell_it(self) -> None:
        for text in ("hidden\r\nambit-run: r", "hidden\x00", "hidden\u00e4"):
            self.file.write_text(text, encoding="utf-8")
            with RawCompanion([BEGUN]) as companion, self.subTest(text):
                run = AmbitClient(url=companion.url, token_file=self.file).run("answer", start="agent")
                with self.assertRaises(AmbitUnavailable) as caught:
                    run.token("zendesk")
                self.assertEqual(str(caught.exception), f"the companion's token could not be read from {self.file}")
                self.assertIsNone(caught.exception.__cause__ or caught.exception.__context__)
                self.assertEqual(companion.asked, [])

    def test_a_request_may_take_a_day(self) -> None:
        for kind in (AmbitClient, AsyncAmbitClient):
            for seconds in (0.001, 1, 86_400):
                with self.subTest(kind=kind.__name__, seconds=seconds):
                    kind(timeout_seconds=seconds)

    def test_fails_where_a_request_has_no_time_or_too_much(self) -> None:
        for kind in (AmbitClient, AsyncAmbitClient):
            for seconds in (0, -1, 86_401, 1e10, float("nan"), float("inf"), float("-inf")):
                with self.subTest(kind=kind.__name__, seconds=seconds):
                    with self.assertRaises(ValueError) as caught:
                        kind(timeout_seconds=seconds)
                    wanted = f"timeout_seconds must be above 0 and at most 86400, got {seconds}: write one such as 15"
                    self.assertEqual(str(caught.exception), wanted)

    def test_fails_where_a_start_has_no_evidence_or_an_agents_own_has(self) -> None:
        for kind in (AmbitClient, AsyncAmbitClient):
            client: Any = kind()
            with self.subTest(kind=kind.__name__):
                with self.assertRaisesRegex(TypeError, 'start "user" needs evidence: write evidence=TOKEN'):
                    client.run("answer", start="user")
                with self.assertRaisesRegex(TypeError, 'start "agent" has no evidence: leave it out'):
                    client.run("answer", start="agent", evidence="proof")


class Secrets(unittest.TestCase):
    def test_nothing_that_is_given_shows_its_secrets_when_it_is_printed(self) -> None:
        keys = {"AccessKeyId": "ASIA", "SecretAccessKey": "hidden", "Token": "hidden"}
        credentials = {"status": 200, "json": {**keys, "Expiration": "2026-11-11T09:15:00Z"}}
        begun = {"status": 201, "json": {**BEGUN["json"], "token": {**BEGUN["json"]["token"], "access_token": "hidden"}}}
        with RawCompanion([begun, credentials]) as companion:
            run = AmbitClient(url=companion.url).run("answer", start="user", evidence="hidden")
            given = [run.token("zendesk"), run.aws_credentials()(), run.names, run]
            self.assertNotIn("hidden", repr(given))
            self.assertIn("ASIA", repr(given))

    def test_credentials_are_what_botocore_refreshes_by(self) -> None:
        keys = {"AccessKeyId": "ASIA", "SecretAccessKey": "secret", "Token": "session"}
        answer = {"status": 200, "json": {**keys, "Expiration": "2026-11-11T09:15:00Z"}}
        with RawCompanion([answer]) as companion:
            credentials = AmbitClient(url=companion.url).aws_credentials("fetch")()
        self.assertEqual(
            credentials.metadata(),
            {
                "access_key": "ASIA",
                "secret_key": "secret",
                "token": "session",
                "expiry_time": "2026-11-11T09:15:00+00:00",
            },
        )


class Errors(unittest.TestCase):
    def test_an_error_is_whole_in_another_process(self) -> None:
        reasons = [RefusalReason("a", "b", "c")]
        for error in (AmbitRefused(403, "access_denied", reasons, 5), AmbitUnavailable("gone", reasons, 2)):
            copy: AmbitError = pickle.loads(pickle.dumps(error))
            self.assertEqual((type(copy), str(copy), copy.__dict__), (type(error), str(error), error.__dict__))


if __name__ == "__main__":
    unittest.main()
