import { mkdtempSync, rmSync } from "node:fs";
import { createServer, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Drain } from "../../../../runtime/authorizer/pod/drain";
import { EnvoyAdmin } from "../../../../runtime/authorizer/pod/envoy-admin";
import { HeardExchange } from "../../../../runtime/authorizer/pod/heard-exchange";
import { podAnswers, type PodAnswersProps } from "../../../../runtime/authorizer/pod/pod-answers";
import { type ReadinessProps, unready } from "../../../../runtime/authorizer/pod/readiness";
import { PodServer } from "../../../../runtime/pod-server";
import { RegistryUnavailable } from "../../../../runtime/registry/registry";
import { untyped } from "../../../support/domain";

const SVID = untyped({ spiffeId: "spiffe://prod.example/ns/ambit-system/sa/ambit-gateway" });
const ANSWER = { status: 200, retryAfter: undefined, body: "" };
const failing = () => Promise.reject(new Error("no answer"));

const asked = async (port: number, path: string, method = "GET") =>
  new Promise<{ status: number | undefined; body: unknown }>((resolve, reject) => {
    const sent = get({ port, host: "127.0.0.1", path, method, agent: false }, (answer) => {
      let text = "";
      answer.on("data", (part: Buffer) => (text += part.toString()));
      answer.on("end", () => resolve({ status: answer.statusCode, body: JSON.parse(text) as unknown }));
    });
    sent.on("error", reject);
  });

async function served(props: Partial<PodAnswersProps>, act: (port: number) => Promise<void>) {
  const server = new PodServer(podAnswers({ unready: async () => [], drained: async () => undefined, ...props }));
  try {
    await act(await server.listen({ host: "127.0.0.1", port: 0 }));
  } finally {
    await server.close();
  }
}

describe("the kubelet asks, and", () => {
  test("a pod whose parts all work is ready, and one that answers lives", () =>
    served({}, async (port) => {
      expect(await asked(port, "/ready")).toEqual({ status: 200, body: { status: "ok" } });
      expect(await asked(port, "/live")).toEqual({ status: 200, body: { status: "ok" } });
    }));

  test("a pod that is not ready names what is missing, and lives all the same", () =>
    served({ unready: async () => ["svid", "envoy"] }, async (port) => {
      const body = { status: "unready", not_ready: ["svid", "envoy"] };
      expect(await asked(port, "/ready")).toEqual({ status: 503, body });
      expect((await asked(port, "/live")).status).toBe(200);
    }));

  test("any other path is refused", () =>
    served({}, async (port) => {
      for (const path of ["/", "/stats", "/drain/", "/ready?x"]) expect((await asked(port, path)).status).toBe(404);
      expect((await asked(port, "/drain", "POST")).status).toBe(404);
    }));

  test("a drain is answered when it is over", async () => {
    const order: string[] = [];
    const drained = async () => void order.push("over");
    await served({ drained }, async (port) => {
      expect(await asked(port, "/drain")).toEqual({ status: 200, body: { status: "drained" } });
      order.push("answered");
    });
    expect(order).toEqual(["over", "answered"]);
  });
});

describe("a pod is not ready", () => {
  const sound: ReadinessProps = {
    source: { current: () => SVID },
    registry: untyped({ current: () => ({}) }),
    exchange: new HeardExchange({ get: async () => ANSWER, post: async () => ANSWER }),
    envoy: { ready: async () => undefined },
    drain: { hasBegun: false },
  };
  const silent = async (back: boolean) => {
    let answers = false;
    const exchange = new HeardExchange({ get: () => (answers ? Promise.resolve(ANSWER) : failing()), post: failing });
    await exchange.post({ path: "/state/call", headers: {}, body: "" }, SVID).catch(() => undefined);
    answers = back;
    return exchange;
  };

  test("where all is sound, it is", async () => expect(await unready(sound)).toEqual([]));

  test.each<[string, Partial<ReadinessProps>, string]>([
    ["without an SVID", { source: { current: () => undefined } }, "svid"],
    [
      "without a registry in force",
      {
        registry: untyped({
          current: () => {
            throw new RegistryUnavailable("none");
          },
        }),
      },
      "registry",
    ],
    ["while Envoy is not ready", { envoy: { ready: failing } }, "envoy"],
    ["while it drains", { drain: { hasBegun: true } }, "drain"],
  ])("%s", async (_when, changes, part) => expect(await unready({ ...sound, ...changes })).toEqual([part]));

  test("while the exchange does not answer, and is again once it does, though no call is made", async () => {
    expect(await unready({ ...sound, exchange: await silent(false) })).toEqual(["exchange"]);
    const back = await silent(true);
    expect(await unready({ ...sound, exchange: back })).toEqual([]);
    expect(back.isSilent).toBe(false);
  });

  test("a pod is ready before it has asked the exchange for the first time", async () => {
    const exchange = new HeardExchange({ get: failing, post: failing });
    expect(await unready({ ...sound, exchange })).toEqual([]);
  });
});

describe("a drain", () => {
  test("is begun once, however often it is asked for", async () => {
    let times = 0;
    const drain = new Drain({ drain: async () => void (times += 1) }, 0, () => undefined);
    expect(drain.hasBegun).toBe(false);
    await Promise.all([drain.over(), drain.over()]);
    await drain.over();
    expect([times, drain.hasBegun]).toEqual([1, true]);
  });

  test("is over where this process lives on behind it: a container was started anew, and the pod may be ready again", async () => {
    let times = 0;
    const events: string[] = [];
    const drain = new Drain({ drain: async () => void (times += 1) }, 0, (event) => void events.push(event), 20);
    await drain.over();
    expect([times, drain.hasBegun]).toEqual([1, true]);
    for (let times = 0; drain.hasBegun && times < 1_000; times += 1) await new Promise((next) => setTimeout(next, 5));
    expect(events).toEqual(["pod.draining", "pod.drained", "pod.goes-on"]);
    await drain.over();
    expect([times, drain.hasBegun]).toEqual([2, true]);
  });

  test("does not wait where Envoy is not there to drain", async () => {
    const events: string[] = [];
    await new Drain({ drain: failing }, 600, (event) => void events.push(event)).over();
    expect(events).toEqual(["pod.draining", "pod.not-drained", "pod.drained"]);
  });
});

describe("Envoy's administration", () => {
  const folder = mkdtempSync(join(tmpdir(), "ambit-"));
  const socket = join(folder, "envoy.sock");
  const heard: string[] = [];
  let status = 200;
  let certificates: unknown;
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.writeHead(status).end(request.url === "/certs" ? JSON.stringify({ certificates }) : "OK\n");
  });
  const chain = (uri: string, expiration_time: string) => [
    {
      path: "<inline>",
      subject_alt_names: [{ dns: "calls.example" }, { uri }],
      days_until_expiration: "0",
      expiration_time,
    },
  ];
  const NOW = Date.parse("2026-12-01T02:30:00Z");
  const SOUND = {
    ca_cert: chain("spiffe://prod.example", "2026-12-02T00:00:00Z"),
    cert_chain: chain("spiffe://prod.example/ns/ambit-system/sa/ambit-gateway", "2026-12-01T03:00:00Z"),
  };
  const admin = new EnvoyAdmin(socket, () => NOW);
  beforeAll(() => new Promise<void>((resolve) => void server.listen(socket, resolve)));
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    heard.length = 0;
    status = 200;
    // Those of other forms are of others.
    const odd = chain("spiffe://prod.example", "10000-01-01T00:00:00Z");
    certificates = [{ ca_cert: [], cert_chain: [] }, { ca_cert: odd, cert_chain: [...odd, { path: "" }] }, SOUND];
  });

  test("is told to end connections first, and then to listen no more", async () => {
    await new EnvoyAdmin(socket).drain();
    expect(heard).toEqual(["POST /healthcheck/fail", "POST /drain_listeners?graceful"]);
  });

  test("says whether Envoy serves", async () => {
    await admin.ready();
    expect([...heard].sort()).toEqual(["GET /certs", "GET /ready"]);
    status = 503;
    await expect(admin.ready()).rejects.toThrow(/^Envoy answers \/(ready|certs) with status 503$/);
    await expect(new EnvoyAdmin(join(folder, "none.sock")).ready()).rejects.toThrow("ENOENT");
  });

  // As Envoy 1.40 answers where secret discovery was silent for longer than it waits: it is ready by its own word.
  test.each<[string, unknown]>([
    ["has no certificate", []],
    [
      "has the certificate of its host alone",
      [{ ...SOUND, cert_chain: chain("https://calls.example", "2027-01-01T00:00:00Z") }],
    ],
    [
      "has no trust bundle",
      [
        { ...SOUND, ca_cert: [] },
        { ca_cert: SOUND.ca_cert, cert_chain: [] },
      ],
    ],
    [
      "has an SVID that has expired",
      [{ ...SOUND, cert_chain: chain("spiffe://prod.example/a", "2026-12-01T02:30:00Z") }],
    ],
    ["lists certificates in another form", { SOUND }],
  ])("fails when Envoy %s", async (_name, listed) => {
    certificates = listed;
    await expect(admin.ready()).rejects.toThrow(/no valid SVID|expected array/);
  });
});
