// An agent in Express, which knows nothing of Ambit but where its companion is: it hands on one header of each request.
import { setTimeout as sleep } from "node:timers/promises";
import { ClientFactory } from "@a2a-js/sdk/client";
import { AgentEvent, DefaultRequestHandler, InMemoryTaskStore } from "@a2a-js/sdk/server";
import { jsonRpcHandler, UserBuilder } from "@a2a-js/sdk/server/express";
import express from "express";

const companion = process.env.AMBIT_COMPANION_URL;
const desk = express();

/** Adds one to the number that it is told, by the official SDK of A2A; its own card names an address of its own. */
const own = {
  name: "sums",
  description: "Adds one",
  version: "1",
  supportedInterfaces: [{ url: "http://127.0.0.1:1/a2a", protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
  capabilities: { streaming: true, pushNotifications: false },
  defaultInputModes: ["text/plain"],
  defaultOutputModes: ["text/plain"],
  skills: [],
};
const adder = {
  async execute({ userMessage, contextId }, bus) {
    const sum = Number(userMessage.parts[0].content.value) + 1;
    bus.publish(AgentEvent.message({ ...message(String(sum)), role: 2, contextId }));
    bus.finished();
  },
  async cancelTask() {},
};
const requestHandler = new DefaultRequestHandler(own, new InMemoryTaskStore(), adder);
desk.use("/a2a", jsonRpcHandler({ requestHandler, userBuilder: UserBuilder.noAuthentication }));

function message(value) {
  const parts = [{ content: { $case: "text", value }, filename: "", mediaType: "" }];
  return {
    messageId: crypto.randomUUID(),
    role: 1,
    parts,
    contextId: "",
    taskId: "",
    extensions: [],
    referenceTaskIds: [],
  };
}

desk.use(express.json());

/** Of a request in, for the calls that it causes */
function handedOn(request) {
  const { by = "ambit-run", handle } = request.query;
  if (by === "nothing") return {};
  return by === "baggage"
    ? { baggage: request.get("baggage") ?? "" }
    : { "ambit-run": handle ?? request.get("ambit-run") ?? "" };
}

async function called(response, url, options) {
  const answer = await fetch(`${companion}${url}`, options);
  response.status(200).json({ status: answer.status, text: await answer.text() });
}

desk.post("/chat", (request, response) => {
  response
    .set("ambit-run", "forged")
    .set("set-cookie", "thread=7")
    .json({ headers: request.headers, body: request.body });
});

desk.post("/posts", async (request, response) => {
  const headers = { "content-type": "application/json", ...handedOn(request) };
  const body = JSON.stringify(request.body);
  await called(response, "/v1/tasks/tell/tools/board/posts", { method: "POST", headers, body });
});

desk.get("/records/:id", async (request, response) => {
  await called(response, `/v1/tasks/work/tools/crm/records/${request.params.id}`, { headers: handedOn(request) });
});

desk.get("/streams/:parts", async (request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let part = 0; part < Number(request.params.parts) && !response.destroyed; part += 1) {
    response.write(`data: ${part}\n\n`);
    await sleep(100);
  }
  response.end();
});

/** For clients beside it, which work for this request as it does */
desk.get("/questions/handle", (request, response) => {
  response.json({ handle: request.get("ambit-run") });
});

/** Work is handed on to two agents at once. */
desk.get("/questions/both/:id", async (request, response) => {
  const { id } = request.params;
  const base = `${companion}/v1/tasks/ask/delegates`;
  const asking = { messageId: "m", role: "ROLE_USER", parts: [{ text: id }] };
  const [sums, found] = await Promise.all([
    fetch(`${base}/payer.add/sums?of=${id}`, { headers: handedOn(request) }),
    fetch(`${base}/web-reader.fetch/message:send`, {
      method: "POST",
      headers: { "a2a-version": "1.0", "content-type": "application/json", ...handedOn(request) },
      body: JSON.stringify({ message: asking }),
    }),
  ]);
  response.json({ sum: (await sums.json()).sum, found: (await found.json()).task.status.state });
});

/** Of each stream of a delegate, how it ended */
const fed = [];
desk.get("/questions/fed", (request, response) => {
  response.json(fed);
});

/** Feeds its answer from a delegate's, and reads that to its end after its own client is gone */
desk.get("/questions/streams/:parts", async (request, response) => {
  const url = `${companion}/v1/tasks/ask/delegates/payer.add/streams/${request.params.parts}`;
  const answer = await fetch(url, { headers: handedOn(request) });
  response.writeHead(answer.status, { "content-type": "text/event-stream" });
  const ended = { parts: 0, isWhole: true };
  try {
    for await (const part of answer.body) {
      ended.parts += 1;
      response.write(part);
    }
  } catch {
    ended.isWhole = false;
  }
  fed.push(ended);
  response.end();
});

/** As a client of A2A that knows a base URL alone */
desk.get("/questions/a2a/:how/:id", async (request, response) => {
  const base = `${companion}/v1/runs/${request.get("ambit-run")}/delegates/payer.add/`;
  const client = await new ClientFactory().createFromUrl(base);
  const sent = { message: message(request.params.id) };
  const texts = [];
  if (request.params.how === "message") texts.push(textOf(await client.sendMessage(sent)));
  else for await (const event of client.sendMessageStream(sent)) texts.push(textOf(event.payload?.value ?? event));
  response.json({ card: await client.getAgentCard(), texts });
});

function textOf({ parts }) {
  return parts[0].content.value;
}

/** Work is handed on, by a base URL and nothing else. */
desk.get("/questions/:what/:id", async (request, response) => {
  const { what, id } = request.params;
  const path = what === "looks" ? `payer.look/looks/${id}` : `payer.add/sums?of=${id}`;
  await called(response, `/v1/tasks/ask/delegates/${path}`, { headers: handedOn(request) });
});

// What the delegate does, which runs this file too
desk.post("/sums", (request, response) => response.json({ sum: Number(request.body.of) + 1 }));
desk.get("/looks/:id", async (request, response) => {
  await called(response, `/v1/tasks/look/tools/crm/records/${request.params.id}`, { headers: handedOn(request) });
});

desk.get("/sums", (request, response) => {
  response.json({ headers: request.headers, sum: Number(request.query.of) + 1 });
});

/** Waiting questions of all users, by id */
const waiting = new Map();
function waitingAt(id) {
  const made = () => {
    const one = {};
    one.happened = new Promise((resolve) => (one.happens = resolve));
    return one;
  };
  if (!waiting.has(id)) waiting.set(id, { text: "", came: made(), goes: made() });
  return waiting.get(id);
}

/** Work is handed on whose delegate waits, or sends on what it gets, or looks for another one. */
desk.get("/questions/knowing/:what/:id", async (request, response) => {
  const { what, id } = request.params;
  await called(response, `/v1/tasks/ask/delegates/payer.look/looks/${what}/${id}`, { headers: handedOn(request) });
});

/** A request in two parts, of which the second one waits */
desk.get("/questions/sending/parts/:id", async (request, response) => {
  const { id } = request.params;
  async function* parts() {
    yield new TextEncoder().encode("one ");
    await waitingAt(id).goes.happened;
    yield new TextEncoder().encode("two");
  }
  const options = { method: "POST", headers: handedOn(request), body: ReadableStream.from(parts()), duplex: "half" };
  await called(response, `/v1/tasks/ask/delegates/payer.add/parts/${id}`, options);
});

desk.get("/questions/sending/goes/:id", (request, response) => {
  waitingAt(request.params.id).goes.happens();
  response.json({});
});

desk.get("/questions/sending/came/:id", async (request, response) => {
  await called(response, `/v1/tasks/ask/delegates/payer.add/parts/${request.params.id}`, {
    headers: handedOn(request),
  });
});

desk.post("/parts/:id", (request, response) => {
  const at = waitingAt(request.params.id);
  request.on("data", (part) => {
    at.text += part;
    at.came.happens();
  });
  request.on("error", () => undefined);
  request.on("end", () => response.json({ text: at.text }));
});

/** When something has come, what has */
desk.get("/parts/:id", async (request, response) => {
  const at = waitingAt(request.params.id);
  await at.came.happened;
  response.json({ text: at.text });
});

desk.get("/looks/held/:id", async (request, response) => {
  const { id } = request.params;
  const headers = handedOn(request);
  const answer = await fetch(`${companion}/v1/tasks/look/tools/crm/records/${id}`, { headers });
  waitingAt(id).came.happens();
  await waitingAt(id).goes.happened;
  response.json({ status: answer.status });
});

desk.get("/looks/came/:id", async (request, response) => {
  await waitingAt(request.params.id).came.happened;
  response.json({});
});

desk.get("/looks/goes/:id", (request, response) => {
  waitingAt(request.params.id).goes.happens();
  response.json({});
});

desk.get("/looks/asked/:id", async (request, response) => {
  const url = `/v1/tasks/look/delegates/filer.look/looks/${request.params.id}`;
  await called(response, url, { headers: handedOn(request) });
});

desk.post("/events", (request, response) => {
  response.json({ event: request.body, start: request.get("ambit-start") ?? null });
});

desk.listen(Number(process.env.PORT), "127.0.0.1");
