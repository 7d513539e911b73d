"""The official client of Python: lists the tools of a server, calls one that is granted, and some that are not."""

import asyncio
import json
import sys

from mcp import Client


async def ask(url: str, mode: str, granted: str, others: list[str]) -> dict[str, object]:
    async with Client(url, mode=mode) as client:
        tools = sorted(tool.name for tool in (await client.list_tools()).tools)
        content = (await client.call_tool(granted, {})).content
        refused = []
        for name in others:
            try:
                await client.call_tool(name, {})
                refused.append(None)
            except Exception as error:
                refused.append(str(error))
        return {"tools": tools, "text": content[0].text, "refused": refused}


url, mode, granted, *others = sys.argv[1:]
print(json.dumps(asyncio.run(ask(url, mode, granted, others))))
