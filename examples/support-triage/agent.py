"""Answers colleagues about support tickets. A web service in FastAPI, which knows of Ambit where its companion is."""

import os
from typing import Annotated

import httpx
import uvicorn
from a2a.client import ClientConfig, ClientFactory
from a2a.helpers import get_stream_response_text, new_text_message
from a2a.types import GetTaskRequest, Role, SendMessageRequest, TaskState
from fastapi import FastAPI, Header
from pydantic import BaseModel

COMPANION = os.environ.get("AMBIT_COMPANION_URL", "http://127.0.0.1:7464")
TASK = f"{COMPANION}/v1/tasks/answer"
app = FastAPI()


class Chat(BaseModel):
    ticket: int
    question: str


def calls(ambit_run: str) -> httpx.AsyncClient:
    """What is called for a request belongs to that request."""
    return httpx.AsyncClient(headers={"Ambit-Run": ambit_run}, timeout=60)


async def researcher(http: httpx.AsyncClient):
    return await ClientFactory(ClientConfig(httpx_client=http)).create_from_url(f"{TASK}/delegates/researcher.lookup/")


@app.post("/chat")
async def chat(said: Chat, ambit_run: Annotated[str, Header()]) -> dict[str, object]:
    async with calls(ambit_run) as http:
        client = await researcher(http)
        message = new_text_message(f"{said.question} ticket {said.ticket}", role=Role.ROLE_USER)
        events = [event async for event in client.send_message(SendMessageRequest(message=message))]
        answer = "".join(get_stream_response_text(event) for event in events)
        note = {"ticket": {"comment": {"body": answer, "public": False}}}
        noted = await http.put(f"{TASK}/tools/zendesk/api/v2/tickets/{said.ticket}", json=note)
    return {"answer": answer, "thread": events[0].task.id, "noted": noted.status_code}


@app.get("/threads/{thread}")
async def thread(thread: str, ambit_run: Annotated[str, Header()]) -> dict[str, object]:
    async with calls(ambit_run) as http:
        task = await (await researcher(http)).get_task(GetTaskRequest(id=thread))
    return {"thread": task.id, "state": TaskState.Name(task.status.state)}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8080")), log_level="warning")
