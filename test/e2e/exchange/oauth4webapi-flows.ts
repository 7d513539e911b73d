import { deepStrictEqual as equal } from "node:assert";
import * as oauth from "oauth4webapi";
import { details, TOKEN_EXCHANGE } from "../../support/exchange/served-exchange";
import { allRefused, delegatedStart, userStart, withJwtSvid } from "./client-flows";
import { type InUse, SELF } from "./identity-checks";
import { type WorkloadName } from "./identity-world";
import { ISSUER } from "./issuer";
import { claimsIn } from "./real-agent";
import { untilAvailable } from "./until-available";

type Form = Readonly<Record<string, string>>;
type By = "certificate" | "jwt-svid";

const over = (by: typeof fetch) => ({
  [oauth.customFetch]: by as (url: string, options: object) => Promise<Response>,
});

/** One agent with oauth4webapi, by one way of authentication */
class Oauth4webapi {
  private readonly client: oauth.Client;
  private readonly authentication: oauth.ClientAuth;
  private readonly options: ReturnType<typeof over>;
  private dpop: oauth.DPoPHandle | undefined;

  private constructor(
    { world, exchange }: InUse,
    agent: WorkloadName,
    by: By,
    private readonly server: oauth.AuthorizationServer,
  ) {
    const real = world.as(agent);
    this.client = { client_id: real.spiffeId };
    this.authentication =
      by === "certificate" ? oauth.TlsClientAuth() : (_server, _client, body) => withJwtSvid(real, body);
    this.options = over(real.fetch(exchange, by));
  }

  public static async of(used: InUse, agent: WorkloadName, by: By = "certificate"): Promise<Oauth4webapi> {
    const issuer = new URL(ISSUER);
    const options = { algorithm: "oauth2", ...over(used.world.as(agent).fetch(used.exchange, by)) } as const;
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
    const made = new Oauth4webapi(used, agent, by, server);
    if (by === "jwt-svid") made.dpop = oauth.DPoP(made.client, await oauth.generateKeyPair("ES256"));
    return made;
  }

  public async exchanged(sent: Form, proven = true): Promise<oauth.TokenEndpointResponse> {
    const options = proven && this.dpop !== undefined ? { ...this.options, DPoP: this.dpop } : this.options;
    const { server, client, authentication } = this;
    const form = new URLSearchParams(sent);
    const ask = () => oauth.genericTokenEndpointRequest(server, client, authentication, TOKEN_EXCHANGE, form, options);
    const answer = await untilAvailable(ask, retryAfter);
    return oauth.processGenericTokenEndpointResponse(server, client, answer);
  }

  public async started(sent: Form): Promise<oauth.TokenEndpointResponse> {
    const { server, client, authentication, options } = this;
    const given = { ...options, ...(this.dpop && { DPoP: this.dpop }) };
    const form = new URLSearchParams(sent);
    const ask = () => oauth.clientCredentialsGrantRequest(server, client, authentication, form, given);
    const answer = await untilAvailable(ask, retryAfter);
    return oauth.processClientCredentialsResponse(server, client, answer);
  }

  public async introspected(token: string): Promise<oauth.IntrospectionResponse> {
    const { server, client, authentication, options } = this;
    const answer = await oauth.introspectionRequest(server, client, authentication, token, options);
    return oauth.processIntrospectionResponse(server, client, answer);
  }

  public async revoked(token: string): Promise<void> {
    const { server, client, authentication, options } = this;
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, authentication, token, options),
    );
  }
}

function retryAfter({ headers }: Response): number {
  return Number(headers.get("retry-after"));
}

export async function byOauth4webapi(used: InUse, note: (text: string) => void): Promise<void> {
  const quick = (more: Form = {}) => ({ ...userStart(used, "first", "quick", "tool:board"), ...more });
  for (const by of ["certificate", "jwt-svid"] as const) {
    const client = await Oauth4webapi.of(used, "first", by);
    const type = by === "certificate" ? "bearer" : "dpop";
    const { token_type, scope, access_token } = await client.exchanged(quick());
    equal({ token_type, scope }, { token_type: type, scope: "show" });
    const { active, sub, task } = await client.introspected(access_token);
    equal({ active, sub, task }, { active: true, sub: "alice", task: "quick" });
    await client.revoked(access_token);
    equal(await client.introspected(access_token), { active: false });
    const started = await client.started({ audience: "tool:board", authorization_details: details(SELF) });
    equal([started.token_type, started.scope], [type, "show"]);
  }
  await handedOn(used);
  const [first, byJwt] = [await Oauth4webapi.of(used, "first"), await Oauth4webapi.of(used, "first", "jwt-svid")];
  const third = await Oauth4webapi.of(used, "third");
  await allRefused([
    ["a JWT-SVID without a proof", () => byJwt.exchanged(quick(), false), "invalid_request"],
    ["another agent's user token", () => third.exchanged(quick()), "access_denied"],
    [
      "a user's token for another",
      () => first.exchanged(userStart(used, "second", "quick", "tool:board")),
      "invalid_grant",
    ],
    ["wider scope", () => first.exchanged(quick({ scope: "show delete" })), "invalid_scope"],
    ["another tool", () => first.exchanged(quick({ audience: "tool:notes" })), "access_denied"],
    ["an audience that is none", () => first.exchanged(quick({ audience: "board" })), "invalid_target"],
    [
      "no evidence",
      () => first.started({ audience: "tool:board", authorization_details: quick().authorization_details }),
      "invalid_request",
    ],
  ]);
  note("by X.509-SVID and by JWT-SVID with DPoP; 7 refusals; the exchange asks for no DPoP nonce");
}

async function handedOn(used: InUse): Promise<void> {
  const first = await Oauth4webapi.of(used, "first");
  const second = await Oauth4webapi.of(used, "second", "jwt-svid");
  const parent = await first.exchanged(userStart(used, "first", "shallow", "exchange", { delegate: "second.plain" }));
  const child = await second.exchanged(delegatedStart(parent.access_token, "plain", "tool:board"));
  const { act, sub } = claimsIn(child.access_token);
  const { world } = used;
  equal({ act, sub }, { act: { sub: world.idOf("second"), act: { sub: world.idOf("first") } }, sub: "alice" });
}
