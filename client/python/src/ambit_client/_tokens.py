"""What is given. None of it shows its secrets when it is printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from ._answers import Answer, date_of, text_of, time_of


@dataclass(frozen=True)
class AccessToken:
    """A token for one audience, bound to the pod's SVID: worthless elsewhere, and good for minutes.

    `value` is the token itself, `authorization` type and value for the header of this name. `actions` are names of the
    actions that it is for, None where it has none. `expires_at` is in UTC.
    """

    value: str = field(repr=False)
    authorization: str = field(repr=False)
    expires_at: datetime
    actions: tuple[str, ...] | None


def token_of(answer: Answer) -> AccessToken:
    """Raises AmbitUnavailable where the answer has no token."""
    value = text_of(answer, "access_token")
    authorization = f"{text_of(answer, 'token_type')} {value}"
    scope = answer.get("scope")
    actions = tuple(str(each) for each in cast("list[object]", scope)) if isinstance(scope, list) else None
    return AccessToken(value, authorization, date_of(answer, "expires_at"), actions)


@dataclass(frozen=True)
class AwsCredentials:
    """AWS credentials of one session; `expiration` is in UTC."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expiration: datetime

    def metadata(self) -> dict[str, str]:
        """As `botocore.credentials.RefreshableCredentials` takes them."""
        return {
            "access_key": self.access_key_id,
            "secret_key": self.secret_access_key,
            "token": self.session_token,
            "expiry_time": self.expiration.isoformat(),
        }


def credentials_of(answer: Answer) -> AwsCredentials:
    """Raises AmbitUnavailable where the answer has no credentials."""
    return AwsCredentials(
        text_of(answer, "AccessKeyId"),
        text_of(answer, "SecretAccessKey"),
        text_of(answer, "Token"),
        time_of(answer, "Expiration"),
    )
