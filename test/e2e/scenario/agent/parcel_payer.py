"""Has the courier pay customers of lost parcels: a web service in FastAPI, with the SDK of MCP as it is."""

import asyncio

import uvicorn
from companion import Run, web_service
from fastapi.responses import JSONResponse
from mcp import Client, MCPError
from pydantic import BaseModel

AGAIN_SECONDS = 2
TRIES = 25
app = web_service()


class Payment(BaseModel):
    parcel: str
    amount: float


@app.post("/pay")
async def pay(asked: Payment, run: Run):
    """Asks again until a person has decided."""
    told = {}
    async with Client(f"{run}/tools/courier") as courier:
        for _ in range(TRIES):
            try:
                paid = await courier.call_tool("compensate_customer", asked.model_dump())
                return {"paid": paid.content[0].text}
            except MCPError as refusal:
                told = {"error": refusal.message, "data": refusal.data}
                if "approval.required" not in str(refusal.data):
                    break
            await asyncio.sleep(AGAIN_SECONDS)
    return JSONResponse(told, 403)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=8080, log_level="warning")
