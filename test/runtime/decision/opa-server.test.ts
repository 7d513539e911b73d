import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { DecisionInput } from "../../../domain";
import { OpaEngine } from "../../../runtime/decision/opa-engine";
import type { OpaAddress, OpaTls } from "../../../runtime/decision/opa-server";
import { certificate, type Certified } from "../../support/certificate";
import { bases } from "../../support/decisions/cases";

const INPUT = bases.get("triage reads a ticket") as DecisionInput;
const ALLOWED = { allow: true, reasons: [], observed: [], revision: 7 };
const OPA = "spiffe://prod.acme.example/ns/ambit/sa/opa";
const AUTHORIZER = "spiffe://prod.acme.example/ns/ambit/sa/authorizer";

const authority = certificate({ commonName: "trust domain" });
const issuer = { commonName: "trust domain", key: authority.key };
const opa = certificate({ commonName: "opa", uris: [OPA], issuer });
const authorizer = certificate({ commonName: "authorizer", uris: [AUTHORIZER], issuer });
const tls: OpaTls = { ...authorizer, ca: authority.cert };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Listening {
  readonly url: string;
  readonly server: Server;
  /** SPIFFE ID of who asked, per request, and the connections they came by */
  readonly askedBy: string[];
  readonly connections: () => number;
}

async function listening(presented: Certified = opa): Promise<Listening> {
  const askedBy: string[] = [];
  let connections = 0;
  const trust = { ca: authority.cert, requestCert: true, rejectUnauthorized: true };
  const server = createServer({ ...presented, ...trust }, (request, response) => {
    askedBy.push((request.socket as TLSSocket).getPeerCertificate().subjectaltname ?? "anonymous");
    request.resume().on("end", () => response.end(JSON.stringify({ result: ALLOWED })));
  });
  server.on("secureConnection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    askedBy,
    connections: () => connections,
  };
}

function engine(server: Partial<OpaAddress> & { readonly url: string }): OpaEngine {
  const made = new OpaEngine({ server: { spiffeId: OPA, tls: () => tls, ...server }, timeoutMs: 5_000 });
  closing.push(() => made.close());
  return made;
}

const error = (message: RegExp) => ({ code: "engine.error", message: expect.stringMatching(message) as string });

test("OPA is known by its SPIFFE ID, and knows who asks", async () => {
  const { url, askedBy } = await listening();
  expect(await engine({ url }).decide(INPUT)).toEqual(ALLOWED);
  expect(askedBy).toEqual([`URI:${AUTHORIZER}`]);
});

test("a connection is kept as long as the certificates are the same", async () => {
  const { url, connections } = await listening();
  const asking = engine({ url });
  await asking.decide(INPUT);
  await asking.decide(INPUT);
  expect(connections()).toBe(1);
});

test("a renewed certificate is shown from the next decision on", async () => {
  const { url, askedBy } = await listening();
  const renewed = certificate({ commonName: "authorizer", uris: [`${AUTHORIZER}-2`], issuer });
  let current = tls;
  const asking = engine({ url, tls: () => current });
  await asking.decide(INPUT);
  current = { ...renewed, ca: authority.cert };
  await asking.decide(INPUT);
  expect(askedBy).toEqual([`URI:${AUTHORIZER}`, `URI:${AUTHORIZER}-2`]);
});

test("each new connection is asked for its SPIFFE ID, also after a good one", async () => {
  const { url, server, askedBy } = await listening();
  const asking = engine({ url });
  await asking.decide(INPUT);
  server.setSecureContext({ ...certificate({ commonName: "opa", uris: [AUTHORIZER], issuer }), ca: authority.cert });
  server.closeAllConnections();
  await expect(asking.decide(INPUT)).rejects.toMatchObject(error(/OPA must show/));
  expect(askedBy).toHaveLength(1);
});

describe("fails with engine.error", () => {
  test.each([
    ["another workload of the trust domain", [AUTHORIZER], /OPA must show spiffe:\S+\/sa\/opa, got URI:\S+authorizer$/],
    ["a workload with two SPIFFE IDs", [OPA, AUTHORIZER], /got URI:\S+opa, URI:\S+authorizer$/],
    ["a longer SPIFFE ID", [`${OPA}-2`], /got URI:\S+opa-2$/],
    ["a SPIFFE ID in other letters", [OPA.replace("opa", "OPA")], /got URI:\S+OPA$/],
    ["a SPIFFE ID that hides another", [`${OPA}, URI:${OPA}`], /OPA must show/],
    ["no SPIFFE ID", [], /got no SPIFFE ID$/],
  ])("when the other side is %s", async (_, uris, message) => {
    const { url, askedBy } = await listening(certificate({ commonName: "opa", uris, issuer }));
    await expect(engine({ url }).decide(INPUT)).rejects.toMatchObject(error(message));
    expect(askedBy).toEqual([]);
  });

  test("when the SPIFFE ID is right and the authority is another", async () => {
    const other = certificate({ commonName: "trust domain" });
    const stranger = certificate({
      commonName: "opa",
      uris: [OPA],
      issuer: { commonName: "trust domain", key: other.key },
    });
    const { url, askedBy } = await listening(stranger);
    await expect(engine({ url }).decide(INPUT)).rejects.toMatchObject(error(/signature|certificate/));
    expect(askedBy).toEqual([]);
  });

  test("when the certificate signed itself", async () => {
    const { url } = await listening(certificate({ commonName: "opa", uris: [OPA] }));
    await expect(engine({ url }).decide(INPUT)).rejects.toMatchObject(error(/self-signed/));
  });

  test("when OPA does not accept the own certificate", async () => {
    const { url, askedBy } = await listening();
    const self = certificate({ commonName: "authorizer", uris: [AUTHORIZER] });
    await expect(engine({ url, tls: () => ({ ...self, ca: authority.cert }) }).decide(INPUT)).rejects.toMatchObject(
      error(/alert|socket|ECONNRESET|EPIPE/),
    );
    expect(askedBy).toEqual([]);
  });

  test("when OPA speaks TLS below 1.3", async () => {
    const server = createTlsServer({ ...opa, maxVersion: "TLSv1.2" });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(engine({ url }).decide(INPUT)).rejects.toMatchObject(error(/version|alert/));
  });

  test.each(["cert", "key", "ca"] as const)("when %s is empty, instead of trusting the system's", async (field) => {
    const { url, askedBy } = await listening();
    const asking = engine({ url, tls: () => ({ ...tls, [field]: "\n" }) });
    await expect(asking.decide(INPUT)).rejects.toMatchObject(
      error(new RegExp(`${field} must be PEM, got an empty text$`)),
    );
    expect(askedBy).toEqual([]);
  });

  test("when the certificates cannot be read", async () => {
    const { url } = await listening();
    const gone = (): never => {
      throw new Error("no such file");
    };
    await expect(engine({ url, tls: gone }).decide(INPUT)).rejects.toMatchObject(error(/no such file$/));
  });
});

describe("settings", () => {
  test.each([
    "http://opa.ambit.svc:8181",
    "https://opa.ambit.svc:8181/v1/data",
    "https://opa.ambit.svc:8181/?pretty",
    "https://user:word@opa.ambit.svc:8181",
    "opa.ambit.svc:8181",
    "",
  ])("fails when url is %p", (url) => {
    expect(() => engine({ url })).toThrow(`url of OPA must be https://<host>:<port>, got ${JSON.stringify(url)}`);
  });

  test.each(["", "opa", "https://prod.acme.example/opa", "spiffe://prod.acme.example"])(
    "fails when spiffeId is %p",
    (spiffeId) => {
      expect(() => engine({ url: "https://127.0.0.1:8181", spiffeId })).toThrow(/spiffeId/);
    },
  );
});
