import { readFileSync } from "node:fs";
import { DevelopmentAuthority } from "../../../../cli/dev/development-authority";
import { developmentCertificate } from "../../../../cli/dev/development-certificate";
import { generateKeyPairSync } from "node:crypto";
import { DpopKey } from "../../../support/exchange/dpop-key";
import {
  codes,
  details,
  JWT_SPIFFE,
  type PostOptions,
  ServedExchange,
  TRIAGE,
} from "../../../support/exchange/served-exchange";
import { tlsFetch } from "../../../support/exchange/tls-fetch";

const READER = "web-reader";
const UNKNOWN = "spiffe://prod.acme.example/ns/nowhere/sa/unknown";
const exchange = new ServedExchange();
const key = new DpopKey();

beforeAll(() => exchange.start());
afterAll(() => exchange.close());

const wanted = () => ({
  grant_type: "client_credentials",
  audience: "tool:search",
  authorization_details: details({ task: "fetch", start: "agent" }),
});
const readerId = (): string => exchange.platform.agentId(READER);
const assertion = (id = readerId(), audience = exchange.issuer) => ({
  client_assertion_type: JWT_SPIFFE,
  client_assertion: exchange.platform.authority.jwtSvid(id, audience),
});
const tokenUrl = (): string => `${exchange.issuer}/token`;
const proof = (change = {}) => ({ dpop: key.proof("POST", tokenUrl(), change) });

describe("a client is authenticated", () => {
  test.each<readonly [what: string, request: () => readonly [object, PostOptions], bound: "jkt" | "x5t#S256"]>([
    ["by its certificate", () => [wanted(), { as: READER }], "x5t#S256"],
    ["by its certificate and client_id", () => [{ ...wanted(), client_id: readerId() }, { as: READER }], "x5t#S256"],
    ["by its certificate, with a proof", () => [wanted(), { as: READER, headers: proof() }], "jkt"],
    ["by its JWT-SVID, with a proof", () => [{ ...wanted(), ...assertion() }, { headers: proof() }], "jkt"],
    ["by both", () => [{ ...wanted(), ...assertion() }, { as: READER }], "x5t#S256"],
  ])("%s", async (_, request, bound) => {
    const [form, options] = request();
    const { status, json } = await exchange.post("/token", form as Record<string, string>, options);
    expect(status).toBe(200);
    const asked = await exchange.post("/introspect", { token: json.access_token as string }, { as: "authorizer" });
    expect(Object.keys(asked.json.cnf as object)).toEqual([bound]);
    expect(json.token_type).toBe(bound === "jkt" ? "DPoP" : "Bearer");
  });

  test("also over TLS 1.2", async () => {
    const { files, authority } = exchange.platform;
    const [cert, secret] = [files.certificate(READER), files.key(READER)].map((path) => readFileSync(path, "utf8"));
    const by = tlsFetch({ ca: authority.bundle, cert: cert as string, key: secret as string, maxVersion: "TLSv1.2" });
    expect((await exchange.post("/token", wanted(), { by })).status).toBe(200);
  });
});

/** A certificate of the trust domain's authority, or one that claims to be */
function by(change: Partial<Parameters<typeof developmentCertificate>[0]> = {}): typeof fetch {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const now = Date.now();
  const certificate = developmentCertificate({
    subject: "development",
    publicKey,
    issuer: { subject: "Ambit development authority of prod.acme.example", privateKey, publicKey },
    from: new Date(now - 60_000),
    until: new Date(now + 60_000),
    authority: false,
    uri: readerId(),
    dnsNames: [],
    ipAddresses: [],
    ...change,
  });
  const secret = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  return tlsFetch({ ca: exchange.platform.authority.bundle, cert: certificate, key: secret });
}

function ofAuthority(authority: DevelopmentAuthority, id: string): typeof fetch {
  const { certificate, key: secret } = authority.x509Svid(id);
  return tlsFetch({ ca: exchange.platform.authority.bundle, cert: certificate, key: secret });
}

const stranger = new DevelopmentAuthority("prod.acme.example");
const lateAuthority = (): DevelopmentAuthority => exchange.platform.authority;

/** One answer to every failure, for every agent */
const UNAUTHENTICATED: readonly (readonly [what: string, request: () => readonly [string | object, PostOptions]])[] = [
  ["nothing is shown", () => [wanted(), {}]],
  ["a proof is all that is shown", () => [wanted(), { headers: proof() }]],
  ["client_id of an agent is all that is shown", () => [{ ...wanted(), client_id: readerId() }, {}]],
  ["an unknown client_id is all that is shown", () => [{ ...wanted(), client_id: UNKNOWN }, {}]],
  ["the body is none", () => ["{", { headers: { "content-type": "application/json" } }]],
  ["the body is too large", () => ["x".repeat(70_000), {}]],
  ["an agent's certificate signs itself", () => [wanted(), { by: by() }]],
  ["an undeclared agent's certificate signs itself", () => [wanted(), { by: by({ uri: UNKNOWN }) }]],
  ["another authority of the same name signs an agent's", () => [wanted(), { by: ofAuthority(stranger, readerId()) }]],
  [
    "another authority of the same name signs an undeclared agent's",
    () => [wanted(), { by: ofAuthority(stranger, UNKNOWN) }],
  ],
  ["the certificate is an authority's", () => [wanted(), { by: by({ authority: true }) }]],
  ["it is of another trust domain", () => [wanted(), { by: ofAuthority(lateAuthority(), "spiffe://other.example/a") }]],
  ["it names the trust domain", () => [wanted(), { by: ofAuthority(lateAuthority(), "spiffe://prod.acme.example") }]],
  ["the JWT-SVID is for another audience", () => [{ ...wanted(), ...assertion(readerId(), "https://x.example") }, {}]],
  ["the JWT-SVID is for the token endpoint", () => [{ ...wanted(), ...assertion(readerId(), tokenUrl()) }, {}]],
  [
    "the JWT-SVID is signed by a stranger",
    () => [
      {
        ...wanted(),
        client_assertion_type: JWT_SPIFFE,
        client_assertion: stranger.jwtSvid(readerId(), exchange.issuer),
      },
      {},
    ],
  ],
  ["the JWT-SVID is of another trust domain", () => [{ ...wanted(), ...assertion("spiffe://other.example/a") }, {}]],
  [
    "the assertion is of another type",
    () => [
      { ...wanted(), ...assertion(), client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" },
      {},
    ],
  ],
  ["the assertion has no type", () => [{ ...wanted(), client_assertion: assertion().client_assertion }, {}]],
  ["the type has no assertion", () => [{ ...wanted(), client_assertion_type: JWT_SPIFFE }, {}]],
  [
    "the type has no assertion, beside a certificate",
    () => [{ ...wanted(), client_assertion_type: JWT_SPIFFE }, { as: READER }],
  ],
  [
    "the assertion is sent twice",
    () => [`${new URLSearchParams(assertion())}&${new URLSearchParams(assertion())}`, {}],
  ],
  ["certificate and JWT-SVID are of two agents", () => [{ ...wanted(), ...assertion() }, { as: TRIAGE }]],
  ["client_id is of another agent", () => [{ ...wanted(), client_id: readerId() }, { as: TRIAGE }]],
  ["a good JWT-SVID comes with a stranger's certificate", () => [{ ...wanted(), ...assertion() }, { by: by() }]],
];

test("unauthenticated clients get one answer, to the byte, for every error and every name", async () => {
  const answers = new Map<string, string[]>();
  for (const [what, request] of UNAUTHENTICATED) {
    for (const path of ["/token", "/introspect", "/revoke"]) {
      const [body, options] = request();
      const answer = await exchange.post(path, body as string, options);
      const shown = JSON.stringify([answer.status, answer.headers, answer.text]);
      answers.set(shown, [...(answers.get(shown) ?? []), `${path}: ${what}`]);
    }
  }
  expect([...answers.values()].map((all) => all.length)).toEqual([UNAUTHENTICATED.length * 3]);
  const [status, headers, text] = JSON.parse([...answers.keys()][0] as string) as [number, object, string];
  expect([status, headers]).toMatchObject([401, { "www-authenticate": 'Bearer error="invalid_client"' }]);
  expect(JSON.parse(text)).toEqual({
    error: "invalid_client",
    error_description:
      "the client is not authenticated: connect with an X.509-SVID of the trust domain, or send a JWT-SVID whose only audience is the issuer",
    reasons: [
      {
        code: "client.unauthenticated",
        what: "the client is not authenticated",
        fix: "connect with an X.509-SVID of the trust domain, or send a JWT-SVID whose only audience is the issuer",
      },
    ],
  });
});

test.each([
  ["x-forwarded-client-cert", () => `By=spiffe://x;Hash=00;URI=${readerId()}`],
  ["x-forwarded-client-cert", () => `Cert="${encodeURIComponent(certificateOf(READER))}"`],
  ["x-client-cert", () => Buffer.from(certificateOf(READER)).toString("base64")],
  ["ssl-client-cert", () => encodeURIComponent(certificateOf(READER))],
  ["client-cert", () => `:${derOf(READER)}:`],
  ["x-amzn-mtls-clientcert", () => encodeURIComponent(certificateOf(READER))],
  ["x-spiffe-id", () => readerId()],
  ["authorization", () => `Basic ${Buffer.from(`${readerId()}:secret`).toString("base64")}`],
])("fails when %s names a certificate that was not shown", async (name, value) => {
  const answer = await exchange.post("/token", wanted(), { headers: { [name]: value() } });
  expect(answer.status).toBe(401);
});

test("a header that names another certificate does not change who asks", async () => {
  const headers = { "x-forwarded-client-cert": `URI=${exchange.platform.agentId(TRIAGE)}`, host: "evil.example" };
  const { status, json } = await exchange.post("/token", wanted(), { as: READER, headers });
  expect(status).toBe(200);
  const { json: claims } = await exchange.post("/introspect", { token: json.access_token as string }, { as: READER });
  expect(claims).toMatchObject({ client_id: readerId(), iss: exchange.issuer });
});

test.each<readonly [what: string, headers: () => Record<string, string>, code: string]>([
  ["for another address", () => ({ dpop: key.proof("POST", `${exchange.issuer}/introspect`) }), "dpop.invalid"],
  [
    "for the host that the request names",
    () => ({ dpop: key.proof("POST", "https://evil.example/token"), host: "evil.example" }),
    "dpop.invalid",
  ],
  ["for another method", () => ({ dpop: key.proof("GET", tokenUrl()) }), "dpop.invalid"],
  ["of two minutes ago", () => proof({ iat: Math.floor(Date.now() / 1_000) - 120 }), "dpop.invalid"],
  ["with a token's digest", () => proof({ ath: "x" }), "dpop.invalid"],
  ["twice", () => ({ dpop: `${proof().dpop}, ${proof().dpop}` }), "dpop.invalid"],
  ["that is empty", () => ({ dpop: "" }), "dpop.invalid"],
])("fails when an authenticated client sends a proof %s", async (_, headers, code) => {
  const answer = await exchange.post("/token", { ...wanted(), ...assertion() }, { headers: headers() });
  expect(answer).toMatchObject({ status: 400, json: { error: "invalid_dpop_proof" } });
  expect(codes(answer)).toEqual([code]);
});

test("a run begins by a JWT-SVID with a proof for its address, and by no other", async () => {
  const { audience: _, ...asked } = wanted() as Readonly<Record<string, string>>;
  const begin = (headers: Record<string, string>) => exchange.post("/runs", { ...asked, ...assertion() }, { headers });
  expect(codes(await begin({}))).toEqual(["binding.missing"]);
  expect(codes(await begin(proof()))).toEqual(["dpop.invalid"]);
  const sound = { dpop: key.proof("POST", `${exchange.issuer}/runs`) };
  expect(await begin(sound)).toMatchObject({ status: 201 });
  expect(codes(await begin(sound))).toEqual(["dpop.replayed"]);
});

test("fails when a proof is used twice", async () => {
  const headers = proof();
  const ask = () => exchange.post("/token", { ...wanted(), ...assertion() }, { headers });
  expect((await ask()).status).toBe(200);
  expect(codes(await ask())).toEqual(["dpop.replayed"]);
});

test("no log line holds request content", async () => {
  const secret = assertion();
  const { dpop } = proof();
  await exchange.post("/token", { ...wanted(), ...secret }, { headers: { dpop, authorization: "Bearer s3cret" } });
  await exchange.post("/token", { ...wanted(), ...secret, client_id: UNKNOWN }, { headers: { dpop } });
  const log = exchange.logged.join("\n");
  expect(log).toContain("request.refused");
  for (const text of [secret.client_assertion, dpop, "s3cret"]) expect(log).not.toContain(text);
});

function certificateOf(agent: string): string {
  return readFileSync(exchange.platform.files.certificate(agent), "utf8");
}

function derOf(agent: string): string {
  return certificateOf(agent).replace(/-----[^-]+-----|\n/g, "");
}
