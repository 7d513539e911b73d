"""Answers colleagues about support tickets: a web service in FastAPI, with the SDKs of AWS, Anthropic and A2A as they are."""

import httpx
import uvicorn
from a2a.client import ClientConfig, ClientFactory
from a2a.helpers import get_stream_response_text, new_text_message
from a2a.types import Role, SendMessageRequest
from anthropic import Anthropic
from companion import SECONDS, Run, got, read_article, web_service
from pydantic import BaseModel

app = web_service()


class Chat(BaseModel):
    ticket: int
    article: str
    question: str


class Question(BaseModel):
    question: str


class Pull(BaseModel):
    repository: str
    number: int


@app.post("/chat")
def chat(asked: Chat, run: Run):
    """Reads the ticket and an article of the knowledge base, and has a model answer."""
    article = read_article(run, asked.article)
    ticket = got(f"{run}/tools/zendesk/api/v2/tickets/{asked.ticket}")["ticket"]
    said = Anthropic(base_url=f"{run}/tools/claude", api_key="none", timeout=SECONDS).messages.create(
        model="claude-sonnet-4-5",
        max_tokens=500,
        system=article,
        messages=[{"role": "user", "content": f"{asked.question} {ticket['subject']}"}],
    )
    return {"ticket": ticket, "answer": said.content[0].text}


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


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=8080, log_level="warning")
