"""Drafts a summary of what the press wrote. A web service in FastAPI, which knows of Ambit where its companion is."""

import os
from typing import Annotated

import httpx
import uvicorn
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel

COMPANION = os.environ.get("AMBIT_COMPANION_URL", "http://127.0.0.1:7464")
TOOLS = f"{COMPANION}/v1/tasks/watch/tools"
# The editor takes no draft in another one's name: the gateway compares it with who calls.
AUTHOR = os.environ.get("AUTHOR", "spiffe://prod.acme.example/ns/communications/sa/press-watcher")
LONGEST_DRAFT = 20_000
app = FastAPI()


class Schedule(BaseModel):
    topics: list[str]


async def answered(request) -> httpx.Response:
    answer = await request
    if answer.is_error:
        raise HTTPException(502, f"{answer.status_code} {answer.text}")
    return answer


@app.post("/summary")
async def summary(schedule: Schedule, ambit_run: Annotated[str, Header()]) -> dict[str, int]:
    # What it calls belongs to the moment of the schedule that it works for.
    async with httpx.AsyncClient(headers={"Ambit-Run": ambit_run}, timeout=60) as http:
        found = [await answered(http.get(f"{TOOLS}/search/v1/search", params={"q": topic})) for topic in schedule.topics]
        text = "\n".join(f"{topic}: {each.text}" for topic, each in zip(schedule.topics, found))
        draft = {"author": AUTHOR, "text": text[:LONGEST_DRAFT]}
        await answered(http.post(f"{TOOLS}/editor/api/drafts", json=draft))
    return {"topics": len(found)}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8080")), log_level="warning")
