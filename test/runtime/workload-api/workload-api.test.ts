import { status } from "@grpc/grpc-js";
import { WorkloadApi } from "../../../runtime/workload-api/workload-api";
import { FakeWorkloadApi, message } from "../../support/companion/fake-workload-api";
import { AGENT, Authority, derOf, keyDerOf, thumbprintOf, TRUST_DOMAIN } from "../../support/companion/trust";

const OTHER = `spiffe://${TRUST_DOMAIN}/ns/support/sa/other`;
const DENIED = { code: status.PERMISSION_DENIED, details: "no identity issued" };
const READY_MS = 200_000;
/** Long enough for an answer on a busy machine; what is waited for never comes */
const HEARD_MS = 3_000;

const authority = new Authority();
const now = (): number => Math.floor(Date.now() / 1000);

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function fake(): Promise<FakeWorkloadApi> {
  const api = new FakeWorkloadApi();
  closing.push(() => api.close());
  await api.start();
  return api;
}

function client(api: FakeWorkloadApi, clock: () => number = now): WorkloadApi {
  const source = new WorkloadApi({ socket: api.socket, clock, backOff: { first: 10, most: 40 } });
  closing.push(() => source.close());
  return source;
}

function changed(source: WorkloadApi): Promise<string | undefined> {
  return new Promise((resolve) => {
    const stop = source.onChange((svid) => {
      stop();
      resolve(svid?.thumbprint);
    });
  });
}

async function until(holds: () => boolean): Promise<void> {
  for (const late = Date.now() + READY_MS; !holds();) {
    if (Date.now() > late) throw new Error(`not within ${READY_MS} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("X.509-SVIDs", () => {
  test("come with key, chain and the authorities of their trust domain", async () => {
    const api = await fake();
    const svid = authority.svid(AGENT);
    api.x509 = message(authority, svid);
    const source = client(api);
    const held = await source.ready(READY_MS);
    expect(held).toMatchObject({ spiffeId: AGENT, trustDomain: TRUST_DOMAIN, thumbprint: thumbprintOf(svid) });
    expect(held.ca).toBe(authority.own.cert);
    expect(held.cert).toBe(svid.cert);
    expect(held.key).toBe(svid.key);
    expect(source.current()).toBe(held);
  });

  test("are asked for with the header that the specification demands", async () => {
    const api = await fake();
    api.x509 = message(authority, authority.svid(AGENT));
    await client(api).ready(READY_MS);
    expect(api.opened).toEqual([{ header: ["true"] }]);
  });

  test("rotate on the same stream", async () => {
    const api = await fake();
    api.x509 = message(authority, authority.svid(AGENT));
    const source = client(api);
    await source.ready(READY_MS);
    const next = authority.svid(AGENT);
    const heard = changed(source);
    api.say(message(authority, next));
    expect(await heard).toBe(thumbprintOf(next));
    expect(source.current()?.thumbprint).toBe(thumbprintOf(next));
    expect(api.opened).toHaveLength(1);
  });

  test("come with federated bundles, which cannot replace the own one", async () => {
    const api = await fake();
    const [partner, forged] = [new Authority("partner"), new Authority("forged")];
    api.x509 = {
      ...message(authority, authority.svid(AGENT)),
      federated_bundles: { "spiffe://partner.example": derOf(partner.own), [TRUST_DOMAIN]: derOf(forged.own) },
    };
    const source = client(api);
    await source.ready(READY_MS);
    expect(source.x509?.bundles).toEqual(
      new Map([
        [TRUST_DOMAIN, authority.own.cert],
        ["partner.example", partner.own.cert],
      ]),
    );
  });

  test("of several, the first is held", async () => {
    const api = await fake();
    const [first, second] = [authority.svid(AGENT), authority.svid(OTHER)];
    const svids = [message(authority, first), message(authority, second, OTHER)].flatMap(({ svids }) => svids);
    api.x509 = { svids };
    const source = client(api);
    expect((await source.ready(READY_MS)).spiffeId).toBe(AGENT);
    expect(source.x509?.svids.map(({ spiffeId }) => spiffeId)).toEqual([AGENT, OTHER]);
  });

  test("survive a restart of SPIRE's agent, and follow the new one", async () => {
    const api = await fake();
    api.x509 = message(authority, authority.svid(AGENT));
    const source = client(api);
    const before = await source.ready(READY_MS);
    api.stop();
    await until(() => source.lastProblem.includes("UNAVAILABLE") || source.lastProblem.includes("CANCELLED"));
    expect(source.current()).toBe(before);
    const next = authority.svid(AGENT);
    api.x509 = message(authority, next);
    const heard = changed(source);
    await api.start();
    expect(await heard).toBe(thumbprintOf(next));
  });

  test("are waited for where there is no identity yet", async () => {
    const api = await fake();
    const source = client(api);
    await until(() => api.opened.length > 2);
    expect(source.current()).toBeUndefined();
    api.x509 = message(authority, authority.svid(AGENT));
    expect((await source.ready(READY_MS)).spiffeId).toBe(AGENT);
  });

  test("are forgotten when the identity is taken away", async () => {
    const api = await fake();
    api.x509 = message(authority, authority.svid(AGENT));
    const source = client(api);
    await source.ready(READY_MS);
    const heard = changed(source);
    api.say(DENIED);
    expect(await heard).toBeUndefined();
    expect(source.current()).toBeUndefined();
    expect(source.x509).toBeUndefined();
  });

  test("are not given once they have expired", async () => {
    const api = await fake();
    api.x509 = message(authority, authority.svid(AGENT));
    let time = now();
    const source = client(api, () => time);
    const { expiresAt } = await source.ready(READY_MS);
    time = expiresAt - 1;
    expect(source.current()?.spiffeId).toBe(AGENT);
    time = expiresAt;
    expect(source.current()).toBeUndefined();
  });

  test("a listener that was removed is not called", async () => {
    const api = await fake();
    api.x509 = message(authority, authority.svid(AGENT));
    const source = client(api);
    await source.ready(READY_MS);
    const told: unknown[] = [];
    source.onChange((svid) => told.push(svid))();
    const heard = changed(source);
    api.say(message(authority, authority.svid(AGENT)));
    await heard;
    expect(told).toEqual([]);
  });
});

describe("fails", () => {
  test.each([
    ["http://127.0.0.1:8081"],
    ["tcp://127.0.0.1:8081"],
    ["unix://relative/agent.sock"],
    [`unix:///${"a".repeat(107)}`],
    [""],
  ])("when the address is %j", (socket) => {
    const must = "SPIFFE_ENDPOINT_SOCKET must be unix://<absolute path of at most 107 bytes>";
    expect(() => new WorkloadApi({ socket, clock: now })).toThrow(`${must}, got ${JSON.stringify(socket)}`);
  });

  test("when the socket is closed, by the deadline and with the reason", async () => {
    const api = new FakeWorkloadApi();
    closing.push(() => api.close());
    const source = client(api);
    await expect(source.ready(HEARD_MS)).rejects.toThrow(
      /^no SVID within 3000 ms: the Workload API answers UNAVAILABLE: /,
    );
  });

  test("when there is no identity, by the deadline and with the reason", async () => {
    const source = client(await fake());
    await expect(source.ready(HEARD_MS)).rejects.toThrow(
      "no SVID within 3000 ms: there is no identity for this process: no identity issued",
    );
  });

  test("at once where the Workload API takes the request for wrong, and does not ask again", async () => {
    const api = await fake();
    api.x509 = { code: status.INVALID_ARGUMENT, details: "security header missing" };
    const source = client(api);
    await expect(source.ready(READY_MS)).rejects.toThrow(
      "no SVID will come: the Workload API answers INVALID_ARGUMENT: security header missing",
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(api.opened).toHaveLength(1);
  });

  test("when it was closed", async () => {
    const source = client(await fake());
    source.close();
    await expect(source.ready(READY_MS)).rejects.toThrow("no SVID will come: the source was closed");
  });

  const svid = authority.svid(AGENT);
  const sound = {
    spiffe_id: AGENT,
    x509_svid: derOf(svid),
    x509_svid_key: keyDerOf(svid),
    bundle: derOf(authority.own),
  };
  test.each([
    ["has no SVID", [], /must give an SVID, got none/],
    ["names another SPIFFE ID than the certificate", [{ ...sound, spiffe_id: OTHER }], /has the URI/],
    ["has the key of another certificate", [{ ...sound, x509_svid_key: keyDerOf(authority.own) }], /the key must be/],
    ["has no key", [{ ...sound, x509_svid_key: Buffer.alloc(0) }], /must be PKCS #8 in DER/],
    ["has no certificate", [{ ...sound, x509_svid: Buffer.alloc(0) }], /must have a certificate, got none/],
    ["has no authority", [{ ...sound, bundle: Buffer.alloc(0) }], /must have an authority, got none/],
    ["has a leaf among the authorities", [{ ...sound, bundle: derOf(svid) }], /must have authorities only/],
    ["has a certificate that breaks off", [{ ...sound, x509_svid: derOf(svid).subarray(0, 99) }], /breaks off/],
    ["has bytes that are no certificate", [{ ...sound, x509_svid: Buffer.from("hello") }], /must be DER/],
    ["has an authority for an SVID", [{ ...sound, x509_svid: derOf(new Authority().own) }], /exactly one URI, got 0/],
    [
      "has a certificate with two SPIFFE IDs",
      [{ ...sound, x509_svid: derOf(authority.svid(AGENT, OTHER)) }],
      /exactly one URI, got 2/,
    ],
    ["is unsound in its second SVID only", [sound, { ...sound, spiffe_id: OTHER }], /has the URI/],
  ])("when a message %s; what was held stays", async (_, svids, problem) => {
    const api = await fake();
    api.x509 = message(authority, svid);
    const source = client(api);
    const held = await source.ready(READY_MS);
    api.say({ svids });
    await until(() => problem.test(source.lastProblem));
    expect(source.current()).toBe(held);
  });

  test("when a message is larger than any honest one", async () => {
    const api = await fake();
    api.x509 = { ...message(authority, svid), crl: [Buffer.alloc(1_100_000)] };
    await expect(client(api).ready(HEARD_MS)).rejects.toThrow(/RESOURCE_EXHAUSTED/);
  });
});

describe("JWT-SVIDs", () => {
  test("are fetched for exactly one audience", async () => {
    const api = await fake();
    api.jwt = { svids: [{ spiffe_id: AGENT, svid: "a.b.c" }] };
    expect(await client(api).jwt("https://exchange.acme.example")).toEqual([{ spiffeId: AGENT, token: "a.b.c" }]);
    expect(api.audiences).toEqual([["https://exchange.acme.example"]]);
  });

  test("fails when there is no audience", async () => {
    await expect(client(await fake()).jwt("")).rejects.toThrow('audience must not be empty, got ""');
  });

  test("fails when there is no identity", async () => {
    await expect(client(await fake()).jwt("exchange")).rejects.toThrow(/PERMISSION_DENIED: no identity issued/);
  });

  test.each([[[]], [[{ spiffe_id: "", svid: "a.b.c" }]], [[{ spiffe_id: AGENT, svid: "" }]]])(
    "fails when the answer is %j",
    async (svids) => {
      const api = await fake();
      api.jwt = { svids };
      await expect(client(api).jwt("exchange")).rejects.toThrow(/must give JWT-SVIDs with their SPIFFE IDs/);
    },
  );
});

describe("JWT bundles", () => {
  const JWKS = JSON.stringify({ keys: [{ kty: "EC", kid: "1" }] });

  test("are followed, by trust domain", async () => {
    const api = await fake();
    api.jwtBundles = { bundles: { [`spiffe://${TRUST_DOMAIN}`]: Buffer.from(JWKS) } };
    const heard = new Promise((resolve) => client(api).followJwtBundles(resolve, () => undefined));
    expect(await heard).toEqual(new Map([[TRUST_DOMAIN, JWKS]]));
  });

  test.each([
    ["no bundle is there", {}, /must give JWT bundles, got none/],
    ["a bundle is no JWKS", { [TRUST_DOMAIN]: Buffer.from("{}") }, /must be a JWKS/],
    ["a bundle is no JSON", { [TRUST_DOMAIN]: Buffer.from("{") }, /JSON/],
    ["a trust domain has no such name", { "spiffe://UPPER": Buffer.from(JWKS) }, /trust domain must be/],
  ])("fails when %s", async (_, bundles, why) => {
    const api = await fake();
    api.jwtBundles = { bundles };
    const silence = new Promise((resolve) => client(api).followJwtBundles(() => undefined, resolve));
    expect(await silence).toEqual({ kind: "broken", why: expect.stringMatching(why) });
  });

  test("fails when there is no identity", async () => {
    const api = await fake();
    const silence = new Promise((resolve) => client(api).followJwtBundles(() => undefined, resolve));
    expect(await silence).toMatchObject({ kind: "denied" });
  });
});
