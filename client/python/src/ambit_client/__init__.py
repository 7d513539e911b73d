"""What the code of an Ambit agent asks its companion for: runs, tokens, AWS credentials, and the address of a tool."""

from ._async_run import AsyncRun
from ._client import AmbitClient, AsyncAmbitClient
from ._errors import AmbitError, AmbitRefused, AmbitUnavailable, RefusalReason
from ._run import Run
from ._run_state import RunNames
from ._tokens import AccessToken, AwsCredentials

__all__ = [
    "AccessToken",
    "AmbitClient",
    "AmbitError",
    "AmbitRefused",
    "AmbitUnavailable",
    "AsyncAmbitClient",
    "AsyncRun",
    "AwsCredentials",
    "RefusalReason",
    "Run",
    "RunNames",
]
