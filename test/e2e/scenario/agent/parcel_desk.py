"""Says where parcels are, has them sent again and answers tickets: a web service in FastAPI, with the SDKs of MCP and Anthropic as they are."""

import httpx
import uvicorn
from anthropic import Anthropic
from companion import Run, got, read_article, web_service
from fastapi.responses import JSONResponse, StreamingResponse
from mcp import Client, MCPError
from pydantic import BaseModel

LETTER_SECONDS = 600
CLAIM_SECONDS = 120
app = web_service()


class Parcel(BaseModel):
    parcel: str


class Resent(Parcel):
    address: str


class Claim(Parcel):
    amount: float
    article: str


class Ticket(BaseModel):
    ticket: int


@app.post("/parcels/track")
async def track(asked: Parcel, run: Run):
    """Asks the courier where a parcel is."""
    async with Client(f"{run}/tools/courier") as courier:
        tools = [tool.name for tool in (await courier.list_tools()).tools]
        found = await courier.call_tool("track_parcel", asked.model_dump())
    return {"tools": tools, "found": found.content[0].text}


@app.post("/parcels/resend")
async def resend(asked: Resent, run: Run):
    """Has the courier send a parcel again."""
    async with Client(f"{run}/tools/courier") as courier:
        try:
            sent = await courier.call_tool("resend_parcel", asked.model_dump())
        except MCPError as refusal:
            return JSONResponse({"error": refusal.message, "data": refusal.data}, 403)
    return {"sent": sent.content[0].text}


@app.post("/claims/settle")
def settle(asked: Claim, run: Run):
    """Reads the terms, and hands the payment on."""
    terms = read_article(run, asked.article)
    payment = asked.model_dump(include={"parcel", "amount"})
    answer = httpx.post(f"{run}/delegates/parcel-payer.pay/pay", json=payment, timeout=CLAIM_SECONDS)
    return {"terms": terms, "paid": answer.raise_for_status().json()["paid"]}


@app.post("/tickets/read")
def read(asked: Ticket, run: Run):
    return got(f"{run}/tools/zendesk/api/v2/tickets/{asked.ticket}")


@app.post("/tickets/letter")
def letter(asked: Ticket, run: Run):
    """Has a model write a letter, and passes on each word as it comes."""
    anthropic = Anthropic(base_url=f"{run}/tools/claude", api_key="none", timeout=LETTER_SECONDS, max_retries=0)
    message = {"role": "user", "content": f"Write a long letter about ticket {asked.ticket}."}

    def words():
        with anthropic.messages.stream(model="claude-sonnet-4-5", max_tokens=8_000, messages=[message]) as stream:
            yield from stream.text_stream

    return StreamingResponse(words(), media_type="text/plain")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=8080, log_level="warning")
