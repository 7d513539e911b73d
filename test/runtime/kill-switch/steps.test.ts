import { createHash, createHmac } from "node:crypto";
import { createServer as createPlainServer } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { IAMClient } from "@aws-sdk/client-iam";
import { DevelopmentAuthority } from "../../../cli/dev/development-authority";
import { denied } from "../../../runtime/kill-switch/aws-step";
import { CALL_BOUNDS } from "../../../runtime/kill-switch/call-bounds";
import { eksToken } from "../../../runtime/kill-switch/eks-token";
import { revokedAtExchange } from "../../../runtime/kill-switch/exchange-step";
import { listed } from "../../../runtime/kill-switch/list-step";
import { send } from "../../../runtime/workload-api/https-send";
import { Refused } from "../../../runtime/kill-switch/tried";
import { KEY_ALIAS, KILL_SWITCH, killSwitchKey, StoppingExchange } from "../../support/exchange/kill-orders";
import { TokenMaker } from "../../support/exchange/token-maker";

describe("at the exchange", () => {
  const exchange = new StoppingExchange();
  beforeAll(() => exchange.begin());
  afterAll(() => exchange.close());

  const ca = (): string => exchange.platform.authority.bundle;
  const revoke = (order: { kind: string; id: string; reason: string }, by = killSwitchKey, change: object = {}) =>
    revokedAtExchange(
      {
        config: { issuer: KILL_SWITCH, exchange: { issuer: exchange.issuer, ca: ca(), ...change }, key: KEY_ALIAS },
        sign: (bytes) => by.sign(bytes),
        send,
        now: Date.now,
      },
      order,
    );

  test("an agent is revoked over TLS, and its horizon and roles come back", async () => {
    const told = await revoke({ kind: "agent", id: "support-triage", reason: "INC-1" });
    expect(told).toMatchObject({
      already: false,
      roles: ["arn:aws:iam::111122223333:role/ambit/agents/prod/prod.support-triage"],
    });
    expect(told.horizon?.length).toBeGreaterThan(0);
    expect(await revoke({ kind: "agent", id: "support-triage", reason: "INC-1" })).toMatchObject({ already: true });
  });

  test("fails, and is not tried again, when the exchange refuses", async () => {
    const asked = revoke({ kind: "agent", id: "unknown", reason: "INC-1" });
    await expect(asked).rejects.toThrow(
      "the exchange answered 400, revocation.target-unknown: no agent of this name is declared",
    );
    const stranger = revoke({ kind: "agent", id: "researcher", reason: "INC-1" }, new TokenMaker(KEY_ALIAS));
    await expect(stranger).rejects.toThrow("the exchange answered 401, operator.unauthenticated: ");
  });

  const TOLD = { kind: "agent", id: "support-triage", reason: "INC-1", revoked_at: 1_800_000_000, already: false };
  /** With what a server answers that may be no exchange */
  const answered = (status: number, body: unknown, order: object = { kind: "agent", id: "support-triage" }) =>
    revokedAtExchange(
      {
        config: { issuer: KILL_SWITCH, exchange: { issuer: exchange.issuer }, key: KEY_ALIAS },
        sign: (bytes) => killSwitchKey.sign(bytes),
        send: async () => ({ status, text: typeof body === "string" ? body : JSON.stringify(body) }),
        now: Date.now,
      },
      { reason: "INC-1", ...order } as never,
    );

  test.each([
    [400, true],
    [403, true],
    [408, false],
    [429, false],
    [503, false],
  ])("fails when it answers %i, and is tried again unless it refused: %s", async (status, isRefused) => {
    const error = await answered(status, {}).catch((reason: unknown) => reason);
    expect(error).toHaveProperty("message", `the exchange answered ${status}`);
    expect(error instanceof Refused).toBe(isRefused);
  });

  test.each<readonly [what: string, body: unknown]>([
    ["nothing", ""],
    ["a page", "<html></html>"],
    ["a list", []],
    ["nothing of a stop", {}],
    ["no time", { ...TOLD, revoked_at: undefined }],
    ["a time that is a text", { ...TOLD, revoked_at: "now" }],
    ["another agent", { ...TOLD, id: "support" }],
    ["another kind", { ...TOLD, kind: "session" }],
  ])("fails, and is tried again, when an answer of 200 says %s", async (_, body) => {
    const error = await answered(200, body).catch((reason: unknown) => reason);
    expect(error).toHaveProperty("message", expect.stringContaining("does not say that agent is revoked"));
    expect(error instanceof Refused).toBe(false);
  });

  test("a user and a chain are revoked where the answer is of them", async () => {
    const user = { issuer: "https://login.acme.example", subject: "mallory" };
    const ofUser = { kind: "user", user };
    const told = { ...ofUser, revoked_at: 1, already: true };
    await expect(answered(200, told, ofUser)).resolves.toEqual({ already: true });
    const other = { ...told, user: { ...user, subject: "alice" } };
    await expect(answered(200, other, ofUser)).rejects.toThrow("does not say that user is revoked");
    const chain = { kind: "chain", id: "any-run-of-it" };
    await expect(answered(200, { ...TOLD, kind: "run", id: "first" }, chain)).resolves.toEqual({ already: false });
    await expect(answered(200, TOLD, chain)).rejects.toThrow("does not say that chain is revoked");
  });

  test("fails when the exchange is not there", async () => {
    const away = { address: "https://127.0.0.1:9" };
    await expect(revoke({ kind: "agent", id: "researcher", reason: "x" }, killSwitchKey, away)).rejects.toThrow(
      "ECONNREFUSED",
    );
  });
});

describe("an exchange that is known by its SPIFFE ID", () => {
  const ID = "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-exchange";
  const STOPPED = { kind: "agent", id: "support-triage", revoked_at: 1_800_000_000, already: false };
  const authority = new DevelopmentAuthority("prod.acme.example");
  let server: Server;
  const revoke = (change: object) => {
    const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const exchange = { issuer: "https://exchange.prod.acme.example", address, ca: authority.bundle, ...change };
    const props = { config: { issuer: KILL_SWITCH, exchange, key: KEY_ALIAS }, send, now: Date.now };
    const order = { kind: "agent", id: "support-triage", reason: "INC-1" };
    return revokedAtExchange({ ...props, sign: (bytes) => killSwitchKey.sign(bytes) }, order);
  };

  beforeAll(async () => {
    const { certificate: cert, key } = authority.x509Svid(ID);
    server = createServer({ cert, key }, (incoming, outgoing) => {
      incoming.resume().on("end", () => void outgoing.end(JSON.stringify(STOPPED)));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  afterAll(() => new Promise((done) => server.close(done)));

  test("is told where it shows that ID, whose certificate has no host name", async () => {
    expect(await revoke({ spiffeId: ID })).toEqual({ already: false });
  });

  test("is told nothing where it shows another, or where no ID is named", async () => {
    await expect(revoke({ spiffeId: `${ID}-2` })).rejects.toThrow(`must show ${ID}-2, got URI:${ID}`);
    await expect(revoke({})).rejects.toThrow("Hostname/IP does not match");
  });

  test("is told nothing where another authority vouches for it", async () => {
    const { bundle } = new DevelopmentAuthority("prod.acme.example");
    await expect(revoke({ spiffeId: ID, ca: bundle })).rejects.toThrow(/certificate|signature/);
  });
});

describe("at the API server", () => {
  let server: Server;
  const seen: { method: unknown; url: unknown; headers: Record<string, unknown>; body: string }[] = [];
  let status = 200;
  const authority = new DevelopmentAuthority("prod.acme.example");
  const cluster = () => ({
    name: "prod",
    address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificateAuthority: Buffer.from(authority.bundle).toString("base64"),
    namespace: "ambit-system",
    list: "ambit-killed-agents",
  });

  beforeAll(async () => {
    const names = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] };
    const { certificate: cert, key } = authority.x509Svid("spiffe://prod.acme.example/api", names);
    server = createServer({ cert, key }, (incoming, outgoing) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => void parts.push(part));
      incoming.on("end", () => {
        const { method, url, headers } = incoming;
        seen.push({ method, url, headers, body: Buffer.concat(parts).toString() });
        outgoing.writeHead(status).end(JSON.stringify({ message: "said the server" }));
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  afterAll(() => new Promise((done) => server.close(done)));

  const list = () => listed({ cluster: cluster(), token: async () => "the-token", send }, "support-triage", "INC-1");

  test("only the agent's own key is written, by a merge", async () => {
    await list();
    expect(seen.at(-1)).toMatchObject({
      method: "PATCH",
      url: "/api/v1/namespaces/ambit-system/configmaps/ambit-killed-agents",
      headers: { authorization: "Bearer the-token", "content-type": "application/merge-patch+json" },
      body: '{"data":{"support-triage":"INC-1"}}',
    });
  });

  test.each([
    [403, true],
    [404, true],
    [429, false],
    [500, false],
  ])("fails when it answers %i, and is tried again unless it refused: %s", async (answered, isRefused) => {
    status = answered;
    const error = await list().catch((reason: unknown) => reason);
    expect(error).toHaveProperty(
      "message",
      expect.stringContaining(`${answered} for ambit-system/ambit-killed-agents: said`),
    );
    expect(error instanceof Refused).toBe(isRefused);
  });
});

describe("at AWS", () => {
  const iam = (answer: () => Promise<unknown>) => {
    const asked: unknown[] = [];
    const client = {
      send: async ({ input }: { readonly input: unknown }) => {
        asked.push(input);
        return answer();
      },
    };
    return { asked, client: client as never };
  };
  const failing = (name: string) => async () => {
    throw Object.assign(new Error("said IAM"), { name });
  };

  test("a call that is not answered ends after three seconds, and is not tried again by itself", async () => {
    const server = createPlainServer(() => undefined);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
    const client = new IAMClient({ ...CALL_BOUNDS, region: "eu-central-1", endpoint, credentials });
    let asked = 0;
    server.on("request", () => (asked += 1));
    await expect(denied(client, "aws", "r")).rejects.toThrow(/did not .* within|timed? ?out|3000/i);
    expect(asked).toBe(1);
    client.destroy();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  test("AWSDenyAll is attached, and nothing else", async () => {
    const { asked, client } = iam(async () => ({}));
    await denied(client, "aws-cn", "prod.support-triage");
    expect(asked).toEqual([{ RoleName: "prod.support-triage", PolicyArn: "arn:aws-cn:iam::aws:policy/AWSDenyAll" }]);
  });

  test.each([
    ["NoSuchEntityException", true, "there is no role r"],
    ["AccessDenied", true, "IAM does not let r be denied: said IAM"],
    ["ConcurrentModificationException", false, "said IAM"],
    ["TimeoutError", false, "said IAM"],
  ])("fails on %s, and is tried again unless it refused: %s", async (name, isRefused, message) => {
    const error = await denied(iam(failing(name)).client, "aws", "r").catch((reason: unknown) => reason);
    expect(error).toHaveProperty("message", message);
    expect(error instanceof Refused).toBe(isRefused);
  });
});

describe("the token for the cluster", () => {
  const NOW = new Date("2026-11-29T12:00:00Z");
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "the/session+token=" };
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

  test("is a request to STS, signed for this cluster (AWS General Reference, Signature Version 4)", async () => {
    const config = { region: "eu-central-1", roles: { partition: "aws", platform: "prod" } };
    const token = await eksToken("prod", config, credentials, NOW);
    const url = new URL(Buffer.from(token.replace("k8s-aws-v1.", ""), "base64url").toString());
    const query = url.searchParams;
    expect([url.origin, query.get("Action"), query.get("X-Amz-Expires"), query.get("X-Amz-SignedHeaders")]).toEqual([
      "https://sts.eu-central-1.amazonaws.com",
      "GetCallerIdentity",
      "60",
      "host;x-k8s-aws-id",
    ]);
    expect(query.get("X-Amz-Security-Token")).toBe(credentials.sessionToken);
    const encoded = (text: string): string =>
      encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
    const canonicalQuery = [...query]
      .filter(([name]) => name !== "X-Amz-Signature")
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .sort()
      .join("&");
    const payload = createHash("sha256").update("").digest("hex");
    const canonical = `GET\n/\n${canonicalQuery}\nhost:${url.host}\nx-k8s-aws-id:prod\n\nhost;x-k8s-aws-id\n${payload}`;
    const scope = "20261129/eu-central-1/sts/aws4_request";
    const digest = createHash("sha256").update(canonical).digest("hex");
    const key = ["eu-central-1", "sts", "aws4_request"].reduce<Buffer>(hmac, hmac("AWS4secret", "20261129"));
    const signature = hmac(key, `AWS4-HMAC-SHA256\n20261129T120000Z\n${scope}\n${digest}`).toString("hex");
    expect(query.get("X-Amz-Signature")).toBe(signature);
  });
});
