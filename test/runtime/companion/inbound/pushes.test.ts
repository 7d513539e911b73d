import { refusal } from "../../../support/companion/fake-exchange";
import { headerOf } from "../../../support/companion/fake-gateway";
import { type Answer, codesOf } from "../../../support/companion/running";
import { Serving } from "../../../support/companion/serving";

const JSON_TYPE = { "content-type": "application/json" };
const PUSHES = { url: "https://callbacks.acme.example/v1/pushes", tool: "callbacks", path: "/v1/pushes" };
const TASK = { id: "t-1", contextId: "c-1", status: { state: "TASK_STATE_WORKING" } };
const CONFIG = { taskId: "t-1", id: "p-1", url: PUSHES.url };
/** Of an agent as SDKs are: it keeps what it is sent, and answers with it. */
let kept: { url: string; bodies: string[]; lengths: (readonly string[])[] };

let serving: Serving;
beforeEach(async () => {
  serving = new Serving();
  await serving.start({}, {}, "/a2a", PUSHES);
  serving.running.exchange.sids.set("a.a.a", "session-a").set("b.b.b", "session-b");
  kept = { url: "", bodies: [], lengths: [] };
  serving.does = (incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => {
      const body = Buffer.concat(parts).toString();
      kept.bodies.push(body);
      kept.lengths.push(headerOf({ raw: incoming.rawHeaders }, "content-length"));
      const { method, params } = JSON.parse(body) as { method: string; params: Params };
      kept.url = params.url ?? params.configuration?.taskPushNotificationConfig.url ?? kept.url;
      const config = { ...CONFIG, url: kept.url };
      const result = { SendMessage: { task: TASK }, ListTaskPushNotificationConfigs: { configs: [config, config] } };
      outgoing.setHeader("content-type", "application/json");
      const said = (result as Record<string, object>)[method] ?? config;
      outgoing.end(JSON.stringify({ jsonrpc: "2.0", id: 1, result: said }));
    });
  };
});
afterEach(() => serving.close());

interface Params {
  readonly url?: string;
  readonly configuration?: { readonly taskPushNotificationConfig: { readonly url: string } };
}

const call = (method: string, params: object): string => JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });

function ask(method: string, params: object, { evidence = "a.a.a", join = "" } = {}): Promise<Answer> {
  const said = serving.said(evidence, { "x-ambit-way": "a2a", "x-ambit-join": join === "" ? undefined : join });
  return serving.ask("/a2a", { method: "POST", headers: { ...said, ...JSON_TYPE } }, call(method, params));
}

const sendWith = (config: object): Promise<Answer> =>
  ask("SendMessage", { message: {}, configuration: { taskPushNotificationConfig: config } });

/** What the agent sends to the address that it keeps */
const push = (url = kept.url): Promise<Answer> =>
  serving.to.ask(new URL(url).pathname, { method: "POST", headers: JSON_TYPE }, JSON.stringify({ task: TASK }));

test("what the agent pushes to the address that it was given is a call of that run, at the declared path", async () => {
  expect((await sendWith({ url: PUSHES.url })).status).toBe(200);
  expect(kept.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/runs\/[\w-]{43}\/tools\/callbacks\/v1\/pushes$/);
  expect(kept.url.startsWith(`${serving.running.url}/`)).toBe(true);
  expect((await push()).status).toBe(200);
  expect(serving.to.gateway.arrived).toMatchObject([{ method: "POST", target: "/tools/callbacks/v1/pushes" }]);
  expect(serving.running.exchange.to("/token").map(({ details, form }) => [details["run"], form["audience"]])).toEqual([
    ["run-1", "tool:callbacks"],
  ]);
});

test("all else of the message reaches the agent byte for byte, with its new length", async () => {
  await sendWith({ url: PUSHES.url });
  const [body = ""] = kept.bodies;
  expect(body.replace(kept.url, PUSHES.url)).toBe(
    call("SendMessage", { message: {}, configuration: { taskPushNotificationConfig: { url: PUSHES.url } } }),
  );
  expect(kept.lengths).toEqual([[`${Buffer.byteLength(body)}`]]);
});

test("a body in chunks stays one", async () => {
  const headers = { ...serving.said("a.a.a", { "x-ambit-way": "a2a" }), ...JSON_TYPE, "transfer-encoding": "chunked" };
  const configuration = { taskPushNotificationConfig: { url: PUSHES.url } };
  const answer = await serving.ask(
    "/a2a",
    { method: "POST", headers },
    call("SendMessage", { message: {}, configuration }),
  );
  expect(answer.status).toBe(200);
  expect(kept.url).toContain("/v1/runs/");
});

test.each(["CreateTaskPushNotificationConfig", "GetTaskPushNotificationConfig", "ListTaskPushNotificationConfigs"])(
  "%s is answered with the declared address, and no handle",
  async (method) => {
    await sendWith({ url: PUSHES.url });
    const params = method.startsWith("Create") ? CONFIG : { taskId: "t-1" };
    const answer = await ask(method, params, { join: "run-1" });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(`"url":"${PUSHES.url}"`);
    expect(answer.text).not.toContain("/v1/runs/");
    expect(answer.headers["content-length"]).toBe(`${Buffer.byteLength(answer.text)}`);
    expect(answer.headers["ambit-run"]).toMatch(/^run-1\./);
  },
);

test("what the agent answers about pushes goes out where the exchange lets it alone", async () => {
  await sendWith({ url: PUSHES.url });
  serving.running.exchange.said.set("/runs/answers", refusal("access_denied", "answer.above-clearance", 403));
  const answer = await ask("GetTaskPushNotificationConfig", { taskId: "t-1" }, { join: "run-1" });
  expect([answer.status, codesOf(answer)]).toEqual([403, ["answer.above-clearance"]]);
});

test("fails with companion.no-run when the run has ended by the time of the push", async () => {
  await sendWith({ url: PUSHES.url });
  await serving.running.ask(`/v1/runs/${kept.url.split("/")[5]}`, { method: "DELETE" });
  const answer = await push();
  expect([answer.status, codesOf(answer)]).toEqual([404, ["companion.no-run"]]);
  expect(serving.to.gateway.arrived).toEqual([]);
});

test("fails with companion.no-run when the time of the run is over by then, though another run of the user lives", async () => {
  serving.running.exchange.runSeconds = 10;
  await sendWith({ url: PUSHES.url });
  const { url } = kept;
  serving.running.exchange.runSeconds = 900;
  await sendWith({ url: PUSHES.url });
  serving.running.now += 10;
  expect(codesOf(await push(url))).toEqual(["companion.no-run"]);
  expect((await push()).status).toBe(200);
});

describe("fails, and the agent sees nothing", () => {
  test.each<[string, object, number, string]>([
    [
      "companion.push-address when the address is another",
      { url: "https://evil.example" },
      403,
      "companion.push-address",
    ],
    ["companion.push-address when a query is added", { url: `${PUSHES.url}?x` }, 403, "companion.push-address"],
    ["companion.push-secret when there is a token", { url: PUSHES.url, token: "s3cret" }, 403, "companion.push-secret"],
    ["companion.malformed when a member is none of 1.0", { url: PUSHES.url, to: "x" }, 400, "companion.malformed"],
  ])("with %s", async (_, config, status, code) => {
    const answer = await sendWith(config);
    expect([answer.status, codesOf(answer), serving.got]).toEqual([status, [code], []]);
  });

  test.each([
    ["CreateTaskPushNotificationConfig", CONFIG],
    ["GetTaskPushNotificationConfig", { taskId: "t-1", id: "p-1" }],
    ["ListTaskPushNotificationConfigs", { taskId: "t-1" }],
    ["DeleteTaskPushNotificationConfig", { taskId: "t-1", id: "p-1" }],
  ])("with companion.other-task when %s is for the task of another caller", async (method, params) => {
    await sendWith({ url: PUSHES.url });
    const answer = await ask(method, params, { evidence: "b.b.b" });
    expect([answer.status, codesOf(answer), serving.got.length]).toEqual([404, ["companion.other-task"], 1]);
  });
});

describe("fails with companion.no-agent, as the handle could go out, when what the agent tells of pushes is", () => {
  test.each([
    ["in a content encoding", { "content-encoding": "gzip" }, 10],
    ["too long to be read", {}, 1_048_577],
  ])("%s", async (_, headers, bytes) => {
    await sendWith({ url: PUSHES.url });
    serving.does = (incoming, outgoing) => {
      incoming.resume();
      outgoing.writeHead(200, headers).end(Buffer.alloc(bytes, " "));
    };
    const answer = await ask("ListTaskPushNotificationConfigs", { taskId: "t-1" }, { join: "run-1" });
    expect([answer.status, codesOf(answer)]).toEqual([502, ["companion.no-agent"]]);
  });
});
