// Looks things up for other agents: on the web through the web reader, and then among tickets. It speaks A2A by the official SDK on
// both ends, and knows of Ambit where its companion is.
import { randomUUID } from "node:crypto";
import { Message, Task, TaskArtifactUpdateEvent, TaskStatusUpdateEvent } from "@a2a-js/sdk";
import { ClientFactory } from "@a2a-js/sdk/client";
import { AgentEvent, DefaultRequestHandler, InMemoryTaskStore } from "@a2a-js/sdk/server";
import { jsonRpcHandler, restHandler, UserBuilder } from "@a2a-js/sdk/server/express";
import express from "express";

const companion = process.env.AMBIT_COMPANION_URL ?? "http://127.0.0.1:7464";
const text = (value) => ({ parts: [{ text: value }] });

async function askWeb(run, question) {
  const webReader = await new ClientFactory().createFromUrl(`${run}/delegates/web-reader.fetch/`);
  const message = Message.fromJSON({ messageId: randomUUID(), role: "ROLE_USER", ...text(question) });
  const task = await webReader.sendMessage({ message });
  return task.artifacts.flatMap(({ parts }) => parts.map(({ content }) => content.value)).join("\n");
}

async function readTicket(run, id) {
  const answer = await fetch(`${run}/tools/zendesk/api/v2/tickets/${id}`);
  return answer.text();
}

const researcher = {
  async execute({ taskId, contextId, userMessage, context }, bus) {
    const ids = { taskId, contextId };
    const say = (state) =>
      bus.publish(AgentEvent.statusUpdate(TaskStatusUpdateEvent.fromJSON({ ...ids, status: { state } })));
    bus.publish(AgentEvent.task(Task.fromJSON({ id: taskId, contextId, status: { state: "TASK_STATE_WORKING" } })));
    // What it calls belongs to the request that it works for.
    const run = `${companion}/v1/runs/${context.state.get("headers")["ambit-run"]}`;
    const question = userMessage.parts[0].content.value;
    // The web first: what has been read may be nothing that goes there.
    const found = [
      await askWeb(run, question.replace(/ticket \d+/g, "")).catch(({ message }) => `no answer of the web: ${message}`),
    ];
    const [, ticket] = /ticket (\d+)/.exec(question) ?? [];
    if (ticket !== undefined) found.push(await readTicket(run, ticket));
    const artifact = { artifactId: randomUUID(), ...text(found.join("\n")) };
    bus.publish(AgentEvent.artifactUpdate(TaskArtifactUpdateEvent.fromJSON({ ...ids, artifact })));
    say("TASK_STATE_COMPLETED");
    bus.finished();
  },
  async cancelTask(taskId, bus) {
    const status = { state: "TASK_STATE_CANCELED" };
    bus.publish(AgentEvent.statusUpdate(TaskStatusUpdateEvent.fromJSON({ taskId, status })));
    bus.finished();
  },
};

// Callers read the card that the gateway makes of the declaration. This one says what the SDK itself must know.
const card = {
  name: "researcher",
  version: "1.0.0",
  // Sent where the declaration has pushes: elsewhere no request for them gets here.
  capabilities: { streaming: true, pushNotifications: true },
  supportedInterfaces: ["JSONRPC", "HTTP+JSON"].map((protocolBinding) => ({
    url: "/",
    protocolBinding,
    protocolVersion: "1.0",
  })),
  skills: [],
};
const options = {
  requestHandler: new DefaultRequestHandler(card, new InMemoryTaskStore(), researcher),
  userBuilder: UserBuilder.noAuthentication,
};
express()
  .use(restHandler(options))
  .use(jsonRpcHandler(options))
  .listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
