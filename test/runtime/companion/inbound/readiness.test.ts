import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "../../../../cli/dev/free-port";
import { Readiness, type ReadinessProps } from "../../../../runtime/companion/inbound/readiness";
import { takesConnections } from "../../../../runtime/companion/inbound/takes-connections";
import type { Answer } from "../../../support/companion/running";
import { Serving } from "../../../support/companion/serving";
import { answerTo, until } from "../../../support/companion/to-tools";
import { untyped } from "../../../support/domain";

const READY = { hostname: "127.0.0.1", port: 0 };
const YES = [200, '{"status":"ok"}'];
const NO = [503, '{"status":"unready"}'];

describe("the kubelet, which has no SVID, asks whether the pod is ready, and", () => {
  let serving: Serving;
  beforeEach(() => {
    serving = new Serving();
  });
  afterEach(() => serving.close());

  const asked = (path = "/ready", method = "GET", headers = {}): Promise<Answer> =>
    answerTo(
      request({ port: serving.running.readyPort, host: "127.0.0.1", path, method, headers, agent: false }),
      undefined,
    );
  const isReady = async () => {
    const { status, text } = await asked();
    return [status, text];
  };
  const logged = () => serving.running.logged.filter((line) => line.includes('"pod.')).map((line) => JSON.parse(line));

  test("it is, with an SVID and an agent whose port takes connections", async () => {
    await serving.start({ ready: READY });
    expect(await isReady()).toEqual(YES);
    expect(logged()).toEqual([{ event: "pod.ready" }]);
  });

  test("it is not without an SVID, and is again with one", async () => {
    await serving.start({ ready: READY });
    const { authority, source, svid } = serving.running;
    source.takeAway("no identity issued");
    expect(await isReady()).toEqual(NO);
    source.give(svid, authority.own);
    expect(await isReady()).toEqual(YES);
    expect(logged()).toEqual([
      { event: "pod.unready", parts: ["identity"], because: "no identity issued" },
      { event: "pod.ready" },
    ]);
  });

  test("it lives all the same, or the kubelet would kill what waits for its SVID", async () => {
    await serving.start({ ready: READY });
    serving.running.source.takeAway("no identity issued");
    const { status, text } = await asked("/live");
    expect([status, text]).toEqual(YES);
    serving.stopAgent();
    serving.running.leave();
    expect((await asked("/live")).status).toBe(200);
    expect(logged()).toEqual([]);
  });

  test("it is not with an SVID that has expired", async () => {
    await serving.start({ ready: READY });
    serving.running.now = serving.running.source.current()?.expiresAt as number;
    expect(await isReady()).toEqual(NO);
  });

  test("it is not while the agent's port is closed: not yet open, or not any more; and is again once it is open", async () => {
    await serving.start({ ready: READY });
    const port = serving.stopAgent();
    expect(await isReady()).toEqual(NO);
    await serving.startAgent();
    expect(await isReady()).toEqual(YES);
    serving.stopAgent();
    expect(await isReady()).toEqual(NO);
    await serving.startAgent();
    expect(await isReady()).toEqual(YES);
    const closed = { event: "pod.unready", parts: [`agent:${port}`] };
    expect(logged()).toEqual([closed, { event: "pod.ready" }, closed, { event: "pod.ready" }]);
  });

  test("it is not from when the pod is to end, though what comes is served", async () => {
    await serving.start({ ready: READY });
    serving.running.leave();
    expect(await isReady()).toEqual(NO);
    expect((await serving.ask()).status).toBe(200);
    expect(logged()).toEqual([{ event: "pod.unready", parts: ["drain"] }]);
  });

  test("there is no answer once it ends", async () => {
    await serving.start({ ready: READY });
    const held = await serving.held();
    const drained = serving.running.drain();
    await expect(asked()).rejects.toThrow("ECONNREFUSED");
    held.outgoing.end("done");
    await drained;
  });

  test("asking leaves no line in the log and no record, and no request for the agent", async () => {
    await serving.start({ ready: READY });
    await isReady();
    const lines = serving.running.logged.length;
    for (let times = 0; times < 20; times += 1) expect(await isReady()).toEqual(YES);
    expect(serving.running.logged).toHaveLength(lines);
    expect([serving.got, serving.running.exchange.received]).toEqual([[], []]);
    expect(await serving.running.toldAtTheEnd()).toEqual([]);
  });

  test.each([
    ["GET", "/"],
    ["POST", "/live"],
    ["GET", "/ready/"],
    ["GET", "/ready?verbose"],
    ["GET", "/chat"],
    ["GET", "/v1/runs"],
    ["POST", "/v1/runs"],
    ["GET", "/v1/tasks/answer/aws-credentials"],
    ["POST", "/ready"],
    ["HEAD", "/ready"],
  ])("nothing else is to be had there, with all that the gateway says: %s %s", async (method, path) => {
    await serving.start({ ready: READY });
    const { status, text } = await asked(path, method, serving.said());
    expect([status, text]).toEqual([404, method === "HEAD" ? "" : '{"status":"unknown"}']);
    expect([serving.got, serving.running.exchange.received]).toEqual([[], []]);
    expect(await serving.running.toldAtTheEnd()).toEqual([]);
  });

  test("it is asked nowhere unless the companion is told where", async () => {
    await serving.start();
    expect(serving.running.readyPort).toBeUndefined();
  });
});

describe("whether a pod is ready", () => {
  const open: Server[] = [];
  afterEach(() => open.splice(0).forEach((server) => server.close()));
  const sound: ReadinessProps = {
    source: { current: () => untyped({}), lastProblem: "" },
    isListening: () => true,
    ports: [],
    log: () => undefined,
  };
  const opened = async () => {
    const port = await freePort();
    const server = createServer((socket) => socket.resume()).listen(port, "127.0.0.1");
    open.push(server);
    await once(server, "listening");
    return { server, port };
  };

  test("depends on the listener of the gateway", async () => {
    expect(await new Readiness(sound).unready()).toEqual([]);
    expect(await new Readiness({ ...sound, isListening: () => false }).unready()).toEqual(["inbound"]);
  });

  test("depends on each of the agent's ports, and each part that is missing is named", async () => {
    const [one, other] = [await opened(), await opened()];
    const said: unknown[] = [];
    const source = { current: () => undefined, lastProblem: "no identity issued" };
    const ports = [one.port, other.port];
    const readiness = new Readiness({ ...sound, ports });
    expect(await readiness.unready()).toEqual([]);
    other.server.close();
    expect(await readiness.unready()).toEqual([`agent:${other.port}`]);
    one.server.close();
    const none = new Readiness({ source, isListening: () => false, ports, log: (...line) => said.push(line) });
    none.leave();
    const parts = ["drain", "identity", "inbound", `agent:${one.port}`, `agent:${other.port}`];
    expect(await none.unready()).toEqual(parts);
    expect(said).toEqual([["pod.unready", { parts, because: "no identity issued" }]]);
  });

  test("is looked at once for all that ask at once, and anew for who asks later", async () => {
    const { server, port } = await opened();
    let connections = 0;
    server.on("connection", () => (connections += 1));
    const readiness = new Readiness({ ...sound, ports: [port] });
    await Promise.all(Array.from({ length: 50 }, () => readiness.unready()));
    await readiness.unready();
    await until(() => connections === 2);
    await takesConnections(port);
    await until(() => connections >= 3);
    expect(connections).toBe(3);
  });

  test("depends on a port that takes connections: it is not where more wait there than it takes", async () => {
    const hangs = `require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
      require("node:fs").writeSync(1, String(this.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    })`;
    const child = spawn(process.execPath, ["-e", hangs], { stdio: ["ignore", "pipe", "inherit"] });
    const [text] = (await once(child.stdout, "data")) as [Buffer];
    const port = Number(text.toString());
    const waiting: Socket[] = [];
    try {
      // A process that hangs takes as many as the kernel keeps for it.
      expect(await takesConnections(port)).toBe(true);
      for (let number = 0; number < 8; number += 1)
        waiting.push(connect(port, "127.0.0.1").on("error", () => undefined));
      expect(await new Readiness({ ...sound, ports: [port] }).unready()).toEqual([`agent:${port}`]);
    } finally {
      waiting.forEach((socket) => socket.destroy());
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });
});
