"""Searches the public web for other agents. It speaks A2A by the official SDK, and knows of Ambit where its companion is."""

import os
from urllib.parse import quote

import httpx
import uvicorn
from a2a.helpers import new_task_from_user_message, new_text_part
from a2a.server.agent_execution import AgentExecutor, RequestContext
from a2a.server.events import EventQueue
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.routes import create_jsonrpc_routes, create_rest_routes
from a2a.server.tasks import (
    BasePushNotificationSender,
    InMemoryPushNotificationConfigStore,
    InMemoryTaskStore,
    TaskUpdater,
)
from a2a.types import AgentCapabilities, AgentCard, AgentInterface
from starlette.applications import Starlette

COMPANION = os.environ.get("AMBIT_COMPANION_URL", "http://127.0.0.1:7464")
SEARCH = f"{COMPANION}/v1/tasks/fetch/tools/search/v1/search"


class WebReader(AgentExecutor):
    async def execute(self, context: RequestContext, events: EventQueue) -> None:
        task = context.current_task or new_task_from_user_message(context.message)
        await events.enqueue_event(task)
        updater = TaskUpdater(events, task.id, task.context_id)
        await updater.start_work()
        # What it calls belongs to the request that it works for.
        run = {"Ambit-Run": context.call_context.state["headers"]["ambit-run"]}
        async with httpx.AsyncClient(headers=run, timeout=60) as http:
            found = await http.get(f"{SEARCH}?q={quote(context.get_user_input())}")
        await updater.add_artifact([new_text_part(found.text)])
        await (updater.complete() if found.is_success else updater.failed())

    async def cancel(self, context: RequestContext, events: EventQueue) -> None:
        await TaskUpdater(events, context.task_id, context.context_id).cancel()


# Callers read the card that the gateway makes of the declaration. This one says what the SDK itself must know.
CARD = AgentCard(
    name="web-reader",
    version="1.0.0",
    # Sent where the declaration has pushes: elsewhere no request for them gets here.
    capabilities=AgentCapabilities(streaming=True, push_notifications=True),
    supported_interfaces=[
        AgentInterface(url="/", protocol_binding=binding, protocol_version="1.0") for binding in ("JSONRPC", "HTTP+JSON")
    ],
)
pushes = InMemoryPushNotificationConfigStore()
handler = DefaultRequestHandler(
    agent_executor=WebReader(),
    task_store=InMemoryTaskStore(),
    agent_card=CARD,
    push_config_store=pushes,
    push_sender=BasePushNotificationSender(httpx.AsyncClient(), pushes),
)
app = Starlette(routes=create_jsonrpc_routes(handler, "/") + create_rest_routes(handler))

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8080")), log_level="warning")
