"""The official client of Python does all that A2A 1.0 has with a delegate, which it knows a base URL of."""

import asyncio
import json
import sys
from contextlib import suppress

import httpx
from a2a.client import ClientConfig, ClientFactory
from a2a.client.errors import A2AClientError
from a2a.helpers import get_stream_response_text, new_text_message
from a2a.types import (
    AuthenticationInfo,
    CancelTaskRequest,
    DeleteTaskPushNotificationConfigRequest,
    GetTaskPushNotificationConfigRequest,
    GetTaskRequest,
    ListTaskPushNotificationConfigsRequest,
    ListTasksRequest,
    Role,
    SendMessageConfiguration,
    SendMessageRequest,
    SubscribeToTaskRequest,
    TaskPushNotificationConfig,
    TaskState,
)

def asking(text: str, **configuration) -> SendMessageRequest:
    message = new_text_message(text, role=Role.ROLE_USER)
    return SendMessageRequest(message=message, configuration=SendMessageConfiguration(**configuration))


def state_of(task) -> str:
    return TaskState.Name(task.status.state)


async def refusal(awaited) -> str:
    try:
        await awaited
        return "none"
    except Exception as error:
        return str(error)


async def sent(client, request) -> list:
    return [event async for event in client.send_message(request)]


async def first(events):
    async for event in events:
        return event


async def used(base: str, binding: str, url: str) -> dict[str, object]:
    async with httpx.AsyncClient(timeout=60) as http:
        config = {"httpx_client": http, "supported_protocol_bindings": [binding]}
        client = await ClientFactory(ClientConfig(**config, streaming=False)).create_from_url(base)
        streaming = await ClientFactory(ClientConfig(**config)).create_from_url(base)
        task = (await sent(client, asking("one")))[0].task
        events = await sent(streaming, asking("two"))
        got = await client.get_task(GetTaskRequest(id=task.id))
        listed = await client.list_tasks(ListTasksRequest(context_id=task.context_id))
        slow = (await sent(client, asking("slow", return_immediately=True)))[0].task
        followed = await first(streaming.subscribe(SubscribeToTaskRequest(id=slow.id)))
        cancelled = await client.cancel_task(CancelTaskRequest(id=slow.id))

        def config(**changes) -> TaskPushNotificationConfig:
            return TaskPushNotificationConfig(**{"task_id": task.id, "id": "p-1", "url": url, **changes})

        def inline(**changes) -> SendMessageRequest:
            return asking("three", task_push_notification_config=config(task_id="", **changes))

        def create(**changes):
            return client.create_task_push_notification_config(config(**changes))

        async def configs() -> list:
            listed = ListTaskPushNotificationConfigsRequest(task_id=task.id)
            return (await client.list_task_push_notification_configs(listed)).configs

        get = GetTaskPushNotificationConfigRequest(task_id=task.id, id="p-1")
        urls = [await create(), await client.get_task_push_notification_config(get), *await configs()]
        delete = DeleteTaskPushNotificationConfigRequest(task_id=task.id, id="p-1")
        # The server of JavaScript answers 204, in which this client looks for JSON.
        with suppress(A2AClientError):
            await client.delete_task_push_notification_config(delete)
        left = len(await configs())
        pushed = (await sent(client, inline()))[0].task.id
        return {
            "task": task.id,
            "sent": [state_of(task), "".join(part.text for artifact in task.artifacts for part in artifact.parts)],
            "streamed": "".join(get_stream_response_text(event) for event in events),
            "got": state_of(got),
            "listed": [each.id for each in listed.tasks],
            "followed": (followed.task or followed.status_update).id == slow.id,
            "cancelled": state_of(cancelled),
            "pushes": {"urls": [each.url for each in urls], "left": left, "pushed": pushed},
            "refused": [
                await refusal(create(url="https://evil.example/push")),
                await refusal(sent(client, inline(url=f"{url}?to=evil"))),
                await refusal(sent(client, inline(url=url.replace("://", "://evil@")))),
                await refusal(sent(client, inline(token="s3cret"))),
                await refusal(create(authentication=AuthenticationInfo(scheme="Bearer", credentials="s3cret"))),
                await refusal(create(task_id="of-another-user")),
                await refusal(client.list_tasks(ListTasksRequest())),
                await refusal(client.get_task(GetTaskRequest(id="of-another-user"))),
            ],
        }


print(json.dumps(asyncio.run(used(*sys.argv[1:]))))
