import { deepStrictEqual as equal } from "node:assert";
import * as client from "openid-client";
import { details, TOKEN_EXCHANGE } from "../../support/exchange/served-exchange";
import { allRefused, delegatedStart, userStart, withJwtSvid } from "./client-flows";
import { type InUse, SELF } from "./identity-checks";
import { type WorkloadName } from "./identity-world";
import { ISSUER } from "./issuer";
import { claimsIn } from "./real-agent";
import { untilGranted } from "./until-available";

type By = "certificate" | "jwt-svid";
type Form = Readonly<Record<string, string>>;

/** As its documentation says: discovery with the client's id, its authentication, and a fetch that has a certificate */
function configured({ world, exchange }: InUse, agent: WorkloadName, by: By): Promise<client.Configuration> {
  const real = world.as(agent);
  const jwtSvid: client.ClientAuth = (_server, _client, body) => withJwtSvid(real, body);
  const authentication = by === "certificate" ? client.TlsClientAuth() : jwtSvid;
  return client.discovery(new URL(ISSUER), real.spiffeId, undefined, authentication, {
    algorithm: "oauth2",
    [client.customFetch]: real.fetch(exchange, by) as client.CustomFetch,
  });
}

export async function byOpenidClient(used: InUse, note: (text: string) => void): Promise<void> {
  const quick = (more: Form = {}) => ({ ...userStart(used, "first", "quick", "tool:board"), ...more });
  const itself = { audience: "tool:board", authorization_details: details(SELF) };
  for (const by of ["certificate", "jwt-svid"] as const) {
    const config = await configured(used, "first", by);
    const dpop = await dpopOf(config, by);
    const type = by === "certificate" ? "bearer" : "dpop";
    const ask = () => client.genericGrantRequest(config, TOKEN_EXCHANGE, quick(), dpop);
    const { token_type, scope, access_token } = await untilGranted(ask);
    equal({ token_type, scope }, { token_type: type, scope: "show" });
    const { active, sub, task } = await client.tokenIntrospection(config, access_token);
    equal({ active, sub, task }, { active: true, sub: "alice", task: "quick" });
    await client.tokenRevocation(config, access_token);
    equal(await client.tokenIntrospection(config, access_token), { active: false });
    const started = await untilGranted(() => client.clientCredentialsGrant(config, itself, dpop));
    equal(started.token_type, type);
  }
  await handedOn(used);
  const [first, byJwt] = [await configured(used, "first", "certificate"), await configured(used, "first", "jwt-svid")];
  const third = await configured(used, "third", "certificate");
  const asked = (by: client.Configuration, sent: Form) => () => client.genericGrantRequest(by, TOKEN_EXCHANGE, sent);
  const self = quick().authorization_details;
  await allRefused([
    ["a JWT-SVID without a proof", asked(byJwt, quick()), "invalid_request"],
    ["another agent's user token", asked(third, quick()), "access_denied"],
    ["a user's token for another", asked(first, userStart(used, "second", "quick", "tool:board")), "invalid_grant"],
    ["wider scope", asked(first, quick({ scope: "show delete" })), "invalid_scope"],
    ["another tool", asked(first, quick({ audience: "tool:notes" })), "access_denied"],
    ["an audience that is none", asked(first, quick({ audience: "board" })), "invalid_target"],
    [
      "no evidence",
      () => client.clientCredentialsGrant(first, { audience: "tool:board", authorization_details: self }),
      "invalid_request",
    ],
  ]);
  note("by X.509-SVID and by JWT-SVID with DPoP; 7 refusals");
}

async function dpopOf(config: client.Configuration, by: By): Promise<{ readonly DPoP?: client.DPoPHandle }> {
  if (by === "certificate") return {};
  return { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256")) };
}

async function handedOn(used: InUse): Promise<void> {
  const [first, second] = [
    await configured(used, "first", "certificate"),
    await configured(used, "second", "jwt-svid"),
  ];
  const start = userStart(used, "first", "shallow", "exchange", { delegate: "second.plain" });
  const parent = await untilGranted(() => client.genericGrantRequest(first, TOKEN_EXCHANGE, start));
  const dpop = await dpopOf(second, "jwt-svid");
  const work = delegatedStart(parent.access_token, "plain", "tool:board");
  const child = await untilGranted(() => client.genericGrantRequest(second, TOKEN_EXCHANGE, work, dpop));
  const { act, sub } = claimsIn(child.access_token);
  const { world } = used;
  equal({ act, sub }, { act: { sub: world.idOf("second"), act: { sub: world.idOf("first") } }, sub: "alice" });
}
