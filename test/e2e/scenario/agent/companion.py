"""All that the agents' code knows of Ambit: where its companion is, and the address of the run of each request below that."""

import os
from typing import Annotated

import boto3
import httpx
from anthropic import APIStatusError
from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import JSONResponse

COMPANION = os.environ.get("AMBIT_COMPANION_URL", "http://127.0.0.1:7464")
SECONDS = 60


def run_of(ambit_run: Annotated[str, Header()]) -> str:
    return f"{COMPANION}/v1/runs/{ambit_run}"


Run = Annotated[str, Depends(run_of)]


def got(address: str):
    return httpx.get(address, timeout=SECONDS).raise_for_status().json()


def read_article(run: str, key: str) -> str:
    """An object of the knowledge base, with the credentials of the run"""
    given = got(f"{run}/aws-credentials")
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["Token"])
    return session.client("s3").get_object(Bucket="acme-kb", Key=key)["Body"].read().decode()


def passed_on(_: Request, error: httpx.HTTPStatusError | APIStatusError):
    """A refusal, as it came"""
    return JSONResponse(error.response.json(), error.response.status_code)


def web_service() -> FastAPI:
    app = FastAPI()
    for refusal in (httpx.HTTPStatusError, APIStatusError):
        app.add_exception_handler(refusal, passed_on)
    return app
