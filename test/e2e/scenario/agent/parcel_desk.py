"""Says where parcels are, has them sent again and reads tickets: a web service in FastAPI, with the SDK of MCP as it is."""

import uvicorn
from companion import Run, got, web_service
from fastapi.responses import JSONResponse
from mcp import Client, MCPError
from pydantic import BaseModel

app = web_service()


class Parcel(BaseModel):
    parcel: str


class Resent(Parcel):
    address: str


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


@app.post("/tickets/read")
def read(asked: Ticket, run: Run):
    return got(f"{run}/tools/zendesk/api/v2/tickets/{asked.ticket}")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=8080, log_level="warning")
