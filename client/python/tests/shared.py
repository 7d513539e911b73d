"""The tables that the clients of both languages read, and what is made of them here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ambit_client import AccessToken, AmbitError, AmbitRefused, AwsCredentials, RunNames

_CASES = Path(__file__).resolve().parents[3] / "test/cases/client"

ADDRESSES: Mapping[str, list[Any]] = json.loads((_CASES / "addresses.json").read_text("utf-8"))
REFUSALS: list[dict[str, Any]] = json.loads((_CASES / "refusals.json").read_text("utf-8"))
RUNS: list[dict[str, Any]] = json.loads((_CASES / "runs.json").read_text("utf-8"))

# 2026-11-11T09:15:00Z
RUN_END = 1_794_388_500
TOKEN: dict[str, Any] = {"access_token": "first", "token_type": "Bearer", "expires_at": RUN_END}
BEGUN: dict[str, Any] = {"status": 201, "json": {"run": "r-1", "txn": "t-1", "sid": "s-1", "expires_at": RUN_END, "token": TOKEN}}
GIVEN: dict[str, Any] = {"status": 200, "json": {**TOKEN, "access_token": "next"}}


def refusal(status: int, code: str) -> dict[str, Any]:
    reasons = [{"code": code, "what": "it is so", "fix": "make it otherwise"}]
    return {"status": status, "json": {"error": "access_denied", "reasons": reasons}}


def plain(value: object) -> object:
    """As the tables write it"""
    if isinstance(value, AccessToken):
        actions = None if value.actions is None else list(value.actions)
        return {
            "value": value.value,
            "authorization": value.authorization,
            "expiresAt": _seconds(value.expires_at),
            "actions": actions,
        }
    if isinstance(value, AwsCredentials):
        return {
            "accessKeyId": value.access_key_id,
            "secretAccessKey": value.secret_access_key,
            "sessionToken": value.session_token,
            "expiration": _seconds(value.expiration),
        }
    if isinstance(value, RunNames):
        return {"run": value.run, "txn": value.txn, "sid": value.sid, "expiresAt": _seconds(value.expires_at)}
    return value


def told(error: AmbitError) -> object:
    reasons = [[reason.code, reason.what, reason.fix] for reason in error.reasons]
    common = {"error": type(error).__name__, "message": str(error), "reasons": reasons}
    waiting = {"retryAfterSeconds": getattr(error, "retry_after_seconds")}
    if isinstance(error, AmbitRefused):
        return {**common, "status": error.status, "oauth": error.error, **waiting}
    return {**common, **waiting}


def _seconds(date: datetime) -> str:
    return date.isoformat().replace("+00:00", "Z")
