"""Answers colleagues about support tickets: a web service in FastAPI, with the SDKs of AWS, Anthropic, MCP and A2A as they are.

Of Ambit it knows where its companion is. Below that, the run of each request has an address of its own."""

import os
from typing import Annotated

import boto3
import httpx
import uvicorn
from a2a.client import ClientConfig, ClientFactory
from a2a.helpers import get_stream_response_text, new_text_message
from a2a.types import Role, SendMessageRequest
from anthropic import Anthropic, APIStatusError
from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import JSONResponse
from mcp import Client, MCPError
from pydantic import BaseModel

COMPANION = os.environ.get("AMBIT_COMPANION_URL", "http://127.0.0.1:7464")
SECONDS = 60
app = FastAPI()


def run_of(ambit_run: Annotated[str, Header()]) -> str:
    return f"{COMPANION}/v1/runs/{ambit_run}"


Run = Annotated[str, Depends(run_of)]


class Chat(BaseModel):
    ticket: int
    article: str
    question: str


class Question(BaseModel):
    question: str


class Pull(BaseModel):
    repository: str
    number: int


class Refund(BaseModel):
    order: str
    amount: float


@app.post("/chat")
def chat(asked: Chat, run: Run):
    """Reads the ticket and an article of the knowledge base, and has a model answer."""
    article = read(run, asked.article)
    ticket = got(f"{run}/tools/zendesk/api/v2/tickets/{asked.ticket}")["ticket"]
    said = Anthropic(base_url=f"{run}/tools/claude", api_key="none", timeout=SECONDS).messages.create(
        model="claude-sonnet-4-5",
        max_tokens=500,
        system=article,
        messages=[{"role": "user", "content": f"{asked.question} {ticket['subject']}"}],
    )
    return {"ticket": ticket, "answer": said.content[0].text}


def read(run: str, key: str) -> str:
    """An object of the knowledge base, with the credentials of the run"""
    given = got(f"{run}/aws-credentials")
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["Token"])
    return session.client("s3").get_object(Bucket="acme-kb", Key=key)["Body"].read().decode()


@app.post("/threads/research")
async def research(asked: Question, run: Run):
    """Hands the question to the researcher."""
    async with httpx.AsyncClient(timeout=SECONDS) as http:
        client = await ClientFactory(ClientConfig(httpx_client=http)).create_from_url(f"{run}/delegates/researcher.lookup/")
        message = new_text_message(asked.question, role=Role.ROLE_USER)
        events = [event async for event in client.send_message(SendMessageRequest(message=message))]
    return {"answer": "".join(get_stream_response_text(event) for event in events)}


@app.post("/threads/fix")
def fix(asked: Pull, run: Run):
    """Looks up the pull request that fixes what a ticket is about."""
    return got(f"{run}/tools/github/repos/{asked.repository}/pulls/{asked.number}")


@app.post("/threads/refund")
async def refund(asked: Refund, run: Run):
    """Pays an order back."""
    async with Client(f"{run}/tools/payments") as payments:
        try:
            paid = await payments.call_tool("create_refund", asked.model_dump())
        except MCPError as refusal:
            return JSONResponse({"error": refusal.message, "data": refusal.data}, 403)
    return {"paid": paid.content[0].text}


def got(address: str):
    return httpx.get(address, timeout=SECONDS).raise_for_status().json()


@app.exception_handler(httpx.HTTPStatusError)
@app.exception_handler(APIStatusError)
def passed_on(_: Request, error: httpx.HTTPStatusError | APIStatusError):
    """A refusal, as it came"""
    return JSONResponse(error.response.json(), error.response.status_code)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=8080, log_level="warning")
