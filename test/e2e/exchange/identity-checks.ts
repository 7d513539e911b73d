import { deepStrictEqual as equal, match, notDeepStrictEqual as notEqual } from "node:assert";
import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { JWT_SPIFFE } from "../../support/exchange/served-exchange";
import type { Check, Suite } from "../harness/suite";
import type { SpirePrograms } from "../spire/programs";
import type { Moto } from "../terraform/moto";
import { IdentityWorld, type SigningKey } from "./identity-world";
import { EXCHANGE_HOST, ISSUER } from "./issuer";
import { type Answered, type Asked, claimsIn, tokenOf } from "./real-agent";
import type { RealExchange } from "./real-exchange";

const TABLE = "identity";
export const SELF = { task: "self", start: "agent" } as const;
const ALONE = { task: "alone", start: "agent" } as const;

/** An exchange that runs, with everything around it */
export interface InUse {
  readonly world: IdentityWorld;
  readonly exchange: RealExchange;
  readonly table: string;
  /** The one that signs first */
  readonly keys: readonly [first: SigningKey, second: SigningKey];
}

/** Who asks, and who answers, as SPIRE identifies them */
export function identityChecks(suite: Suite, programs: Check<SpirePrograms>, moto: Check<Moto>): Check<InUse> {
  const inUse = suite.check(
    "identity: the exchange starts with what SPIRE, KMS and the signed registry give it",
    [programs, moto],
    async ([binaries, { url }], note) => {
      const world = await IdentityWorld.start(suite, binaries, url);
      const keys = [await world.kmsKey(), await world.kmsKey()] as const;
      await world.createTable(TABLE);
      const exchange = await world.start({ name: "first", table: TABLE, keys, renewing: true });
      note(`at ${exchange.at.host}, as ${await nameOf(exchange, world.as("first").bundle)}`);
      return { world, exchange, table: TABLE, keys };
    },
  );
  suite.check("identity: agents get tokens by X.509-SVID and by JWT-SVID", [inUse], ([used]) => bothWays(used));
  suite.check(
    "identity: fails when the agent is undeclared, or the client is not identified",
    [inUse],
    ([used], note) => refusals(used, note),
  );
  suite.check("identity: the companion works by the Workload API alone", [inUse], ([used]) => companion(used));
  return inUse;
}

/** SPIFFE ID of who answers, after its certificate was verified as any client does it: by host name and authority */
async function nameOf({ at }: RealExchange, ca: string): Promise<string> {
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const opened = connect({ ...at, servername: EXCHANGE_HOST, ca }, () => resolve(opened)).once("error", reject);
  });
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return new X509Certificate(raw).subjectAltName ?? "";
}

async function bothWays({ world, exchange }: InUse): Promise<void> {
  for (const [name, detail] of [
    ["first", SELF],
    ["third", ALONE],
  ] as const) {
    const agent = world.as(name);
    for (const by of ["certificate", "jwt-svid"] as const) {
      const answer = await agent.token(exchange, "tool:board", detail, { by });
      const token = tokenOf(answer);
      equal(answer.json.token_type, by === "certificate" ? "Bearer" : "DPoP");
      const { client_id, sub, act, aud, iss, cnf } = claimsIn(token);
      const id = world.idOf(name);
      equal(
        { client_id, sub, act, aud, iss },
        { client_id: id, sub: id, act: { sub: id }, aud: "tool:board", iss: ISSUER },
      );
      if (by === "certificate") equal(cnf, { "x5t#S256": agent.thumbprint });
      else equal(Object.keys(cnf as object), ["jkt"]);
      const asked = await world.as("gateway").introspected(exchange, token);
      equal([asked.json.active, asked.json.client_id], [true, id]);
    }
  }
}

async function refusals({ world, exchange }: InUse, note: (text: string) => void): Promise<void> {
  const [first, third, stranger] = [world.as("first"), world.as("third"), world.as("stranger")];
  const { commands } = world.spire.server;
  const self = (asked?: Asked): Promise<Answered> => first.token(exchange, "tool:board", SELF, asked);
  const minted = async (audience: string | readonly string[], seconds?: number): Promise<Asked> => ({
    by: "jwt-svid",
    assertion: await commands.mintJwt(first.spiffeId, audience, seconds),
  });
  const expired = await minted(ISSUER, 1);
  await sleep(2_000);
  const proof = first.dpop.proof("POST", `${ISSUER}/token`);
  tokenOf(await self({ by: "jwt-svid", proof }));
  const refused: readonly (readonly [what: string, answer: Answered, code: string])[] = [
    ["no declared agent", await stranger.token(exchange, "tool:board", SELF), "agent.unknown"],
    ["no declared agent", await stranger.token(exchange, "tool:board", SELF, { by: "jwt-svid" }), "agent.unknown"],
    ["a service", await world.as("gateway").token(exchange, "tool:board", SELF), "agent.unknown"],
    ["another audience", await self(await minted("https://other.example")), "client.unauthenticated"],
    ["two audiences", await self(await minted([ISSUER, "https://other.example"])), "client.unauthenticated"],
    ["an expired one", await self(expired), "client.unauthenticated"],
    ["one that lives for too long", await self(await minted(ISSUER, 600)), "client.unauthenticated"],
    ["another agent's beside the own", await first.post(exchange, "/token", await ofOther()), "client.unauthenticated"],
    [
      "another agent's id",
      await first.post(exchange, "/token", { client_id: third.spiffeId }),
      "client.unauthenticated",
    ],
    ["a proof again", await self({ by: "jwt-svid", proof }), "dpop.replayed"],
    ["a proof for elsewhere", await self({ by: "jwt-svid", proof: elsewhere() }), "dpop.invalid"],
    ["another agent's task", await third.token(exchange, "tool:board", SELF), "task.undeclared"],
  ];
  for (const [what, { codes }, code] of refused) equal([what, codes], [what, [code]]);
  const unidentified = await first.fetch(exchange, "jwt-svid")(`${ISSUER}/token`, { method: "POST", body: "" });
  equal(unidentified.status, 401);
  const token = tokenOf(await self());
  equal((await third.introspected(exchange, token)).json, { active: false });
  equal((await third.post(exchange, "/revoke", { token })).codes, ["token.other-agent"]);
  note(`${refused.length + 3} refusals`);

  async function ofOther(): Promise<Readonly<Record<string, string>>> {
    const assertion = { client_assertion_type: JWT_SPIFFE, client_assertion: await third.jwtSvid() };
    return { grant_type: "client_credentials", ...assertion };
  }

  function elsewhere(): string {
    return first.dpop.proof("POST", "https://other.example/token");
  }
}

async function companion({ world, exchange }: InUse): Promise<void> {
  const beside = await world.companion(exchange);
  const begun = await beside.begun({ ...SELF, audience: "tool:board" });
  equal(begun.status, 201, JSON.stringify(begun.json));
  const { access_token: token } = begun.json.token as { readonly access_token: string };
  const { client_id, cnf } = claimsIn(token);
  equal(client_id, world.idOf("first"));
  // It holds an SVID of its own.
  notEqual(cnf, { "x5t#S256": world.as("first").thumbprint });
  const user = world.issuers.userToken({ agentId: world.idOf("first"), task: "first.quick" });
  const byUser = await beside.begun({ task: "quick", start: "user", evidence: user, audience: "tool:board" });
  equal(byUser.status, 201, JSON.stringify(byUser.json));
  const { status, json } = await beside.credentials("publish");
  equal(status, 200, JSON.stringify(json));
  match(String(json.AccessKeyId), /^ASIA/);
  const other = world.issuers.userToken({ agentId: world.idOf("second"), task: "first.quick" });
  for (const [asked, code] of [
    [{ task: "alone", start: "agent", audience: "tool:board" }, "task.undeclared"],
    [{ task: "quick", start: "agent", audience: "tool:board" }, "start.undeclared"],
    [{ task: "self", start: "agent", audience: "tool:notes" }, "audience.not-granted"],
    [{ task: "quick", start: "user", evidence: other, audience: "tool:board" }, "evidence.other-agent"],
  ] as const) {
    equal((await beside.begun(asked)).codes, [code]);
  }
  equal((await beside.credentials("fetch")).codes, ["start.undeclared"]);
}
