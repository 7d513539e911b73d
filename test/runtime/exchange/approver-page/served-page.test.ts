import { developmentDocument } from "../../../../cli/dev/development-registry";
import { freePort } from "../../../../cli/dev/free-port";
import type { RegistryPeople } from "../../../../domain/registry/people";
import { OpenIdServer } from "../../../support/approver-page/openid-server";
import { handleOf } from "../../../support/approver-page/shown-requests";
import { ServedExchange } from "../../../support/exchange/served-exchange";
import { tlsFetch } from "../../../support/exchange/tls-fetch";

const HOST = "approvals.acme.example";
const ORIGIN = `https://${HOST}`;
const BACK = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
const CLAIMS = { groups: ["support-leads"], email: "bob@acme.example", email_verified: true };

const provider = new OpenIdServer();
const exchange = new ServedExchange();
let port: number;

/** The example's people, who log in at the provider of this test */
const document: typeof developmentDocument = (userIssuer, starterIssuer) => {
  const synthesized = developmentDocument(userIssuer, starterIssuer);
  const registry = synthesized.registry as { readonly people: RegistryPeople };
  const people = { ...registry.people, issuer: provider.issuer, jwksUri: `${provider.issuer}/keys`, host: HOST };
  return { ...synthesized, registry: { ...registry, people: { ...people, algorithms: ["ES256"] } } };
};

beforeAll(async () => {
  await provider.start();
  port = await freePort();
  await exchange.start({ approverPage: { port, elsewhere: { host: HOST, ca: provider.authority.bundle } }, document });
});
afterAll(async () => {
  await exchange.close();
  await provider.close();
});
beforeEach(() => (provider.faults.claims = CLAIMS));

function ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const by = tlsFetch({ ca: exchange.platform.authority.bundle, at: { host: "127.0.0.1", port } });
  return by(`${ORIGIN}${path}`, { headers });
}

const cookieIn = (answer: Response, name: string): string =>
  new RegExp(`(${name}[^=]*=[^;]+);`).exec(answer.headers.get("set-cookie") ?? "")?.[1] ?? "";

/** @returns the answer to who comes back from the provider */
async function loggedIn(): Promise<Response> {
  const begun = await ask("/sign-in?to=%2Fhistory");
  const query = provider.loggedIn(begun.headers.get("location") as string);
  return ask(`/signed-in${query}`, { cookie: cookieIn(begun, "__Host-ambit-login"), ...BACK });
}

test("a person logs in at the identity provider that the signed registry names, and sees what the desk of the exchange has", async () => {
  const back = await loggedIn();
  expect([back.status, back.headers.get("location")]).toEqual([303, "/history"]);
  const cookie = cookieIn(back, "__Host-ambit-approver");
  const open = await (await ask("/requests", { cookie })).text();
  expect(open).toContain("bob@acme.example");
  expect(open).toContain("Nothing waits for you");
  expect((await ask(`/requests/${handleOf(1)}`, { cookie })).status).toBe(404);
  expect((await ask("/history", { cookie })).status).toBe(200);
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ["no groups", { groups: undefined }, "no list of groups"],
  ["another audience", { aud: "another" }, "does not hold"],
  ["another issuer", { iss: "https://evil.example" }, "does not hold"],
  ["a login that is too long ago", { auth_time: 1 }, "does not hold"],
])("a person whose ID token has %s is not let in", async (_, claims, said) => {
  provider.faults.claims = { ...CLAIMS, ...claims };
  const back = await loggedIn();
  expect([back.status, cookieIn(back, "__Host-ambit-approver")]).toEqual([403, ""]);
  expect(await back.text()).toContain(said);
});

test("the page is nowhere at the exchange's own address, and the exchange nowhere at the page's", async () => {
  expect((await exchange.fetch()(`${exchange.issuer}/requests`)).status).toBe(404);
  expect((await ask("/jwks")).status).toBe(404);
});
