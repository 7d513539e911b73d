"""What an answer of the companion says, read strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, NoReturn, cast

from ._errors import AmbitError, AmbitRefused, AmbitUnavailable, RefusalReason, sentence

Answer = Mapping[str, Any]

# Beyond it, whole numbers of JSON are not the same in every language.
_LARGEST_WHOLE = 2**53 - 1


def answer_of(text: str) -> Answer:
    """Raises AmbitUnavailable where the text is no JSON object: it was not the companion that answered."""
    if text == "":
        return {}
    answer = _object_of(text)
    return unreadable() if answer is None else answer


def failure_of(status: int, retry_after: str | None, text: str) -> AmbitError:
    """The error that an answer stands for, by its status and OAuth error."""
    if status < 400:
        return foreign(f"the status {status}")
    answer = _object_of(text) or {}
    reasons = _reasons_of(answer.get("reasons"))
    error = answer.get("error")
    named = error if isinstance(error, str) else f"status {status}"
    seconds = int(retry_after) if retry_after is not None and re.fullmatch("[0-9]{1,5}", retry_after) else None
    if status >= 500 or status == 429:
        return AmbitUnavailable(sentence(named, reasons), reasons, seconds)
    return AmbitRefused(status, named, reasons, seconds)


def text_of(answer: Answer, member: str) -> str:
    """Raises AmbitUnavailable where it is not there."""
    value = answer.get(member)
    return value if isinstance(value, str) and value != "" else unreadable(member)


def date_of(answer: Answer, member: str) -> datetime:
    """Raises AmbitUnavailable where it is not whole seconds since the epoch."""
    value = answer.get(member)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        unreadable(member)
    if abs(value) > _LARGEST_WHOLE or value != int(value):
        unreadable(member)
    try:
        return datetime.fromtimestamp(int(value), timezone.utc)
    except (OverflowError, OSError, ValueError):
        unreadable(member)


def time_of(answer: Answer, member: str) -> datetime:
    """Raises AmbitUnavailable where it is not a time of RFC 3339."""
    text = text_of(answer, member)
    try:
        # Python 3.10 reads no Z.
        time = datetime.fromisoformat(re.sub("[Zz]$", "+00:00", text))
    except ValueError:
        unreadable(member)
    return time.astimezone(timezone.utc) if time.tzinfo is not None else unreadable(member)


def object_of(answer: Answer, member: str) -> Answer:
    """Raises AmbitUnavailable where it is not an object."""
    value = answer.get(member)
    return cast(Answer, value) if isinstance(value, dict) else unreadable(member)


def unreadable(member: str | None = None) -> NoReturn:
    raise foreign("no JSON object" if member is None else f"nothing sound as {member}")


def foreign(what: str) -> AmbitUnavailable:
    """It was not the companion that answered."""
    return AmbitUnavailable(f"the companion's answer has {what}: see that AMBIT_COMPANION_URL is its address")


def _reasons_of(value: object) -> tuple[RefusalReason, ...]:
    if not isinstance(value, list):
        return ()
    found: list[RefusalReason] = []
    for entry in cast("list[object]", value):
        if isinstance(entry, dict):
            said = cast(Answer, entry)
            code, what, fix = said.get("code"), said.get("what"), said.get("fix")
            if isinstance(code, str) and isinstance(what, str) and isinstance(fix, str):
                found.append(RefusalReason(code, what, fix))
    return tuple(found)


def _object_of(text: str) -> Answer | None:
    try:
        value: object = json.loads(text, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return None
    return cast(Answer, value) if isinstance(value, dict) else None


def _no_json(name: str) -> NoReturn:
    # Python reads NaN and Infinity, which JSON does not have.
    raise ValueError(name)
