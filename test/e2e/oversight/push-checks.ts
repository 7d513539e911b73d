import { deepStrictEqual as equal, ok } from "node:assert";
import { PUSH_PATH } from "../../../runtime/exchange/signals/pushed-events";
import { tlsFetch } from "../../support/exchange/tls-fetch";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { type Delivery, KeycloakAdmin, type Stream } from "./keycloak-admin";
import { PUSHED } from "./keycloak-realm";
import { HOST, ORIGIN, type OversightWorld, PUSH_TO } from "./oversight-world";
import { CAEP, EVENTS, sourceOf, verifiedAt } from "./signal-source";
import { isStarted, paymentsOf, started } from "./user-logins";

const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:pushed-AbCdEf";
const AUTHORIZATION = "Bearer the one that this receiver was given";
/** A busy machine is no failure. */
const MOST_SECONDS = 120;

interface Pushed {
  readonly at: OversightWorld;
  readonly admin: KeycloakAdmin;
  readonly stream: Stream;
}

/** The same transmitter sends its events by itself (RFC 8935), to the listener of the approvers' page. */
export function pushChecks(suite: Suite, world: Check<OversightWorld>): void {
  const pushed = suite.check(
    "signals: Keycloak pushes to the approvers' page, where a verification comes that the exchange asked for",
    [world],
    async ([at], note): Promise<Pushed> => {
      const { gateway, keycloak, ca, signals } = at;
      const admin = new KeycloakAdmin(keycloak.issuer, ca);
      await admin.allowScopes("ambit:payer:settle");
      const stream = await admin.stream(PUSHED, deliveredWith(AUTHORIZATION), EVENTS);
      gateway.keepSecret(SECRET, AUTHORIZATION);
      signals.fetched = [await sourceOf(at, admin, stream, { push: { authorization: SECRET } })];
      await gateway.exchange.stop();
      await gateway.startExchange();
      const isVerified = (): boolean => verifiedAt(at).some(({ asked }) => asked === true);
      const seconds = await until(isVerified, MOST_SECONDS, () => `no verification ${failuresOf(at)}`);
      note(`it came within ${seconds.toFixed(1)} s`);
      return { at, admin, stream };
    },
  );

  suite.check(
    "signals: what Keycloak pushes with another Authorization is refused, and so is what names another host",
    [pushed],
    async ([{ at, admin, stream }]) => {
      await admin.redirect(stream, deliveredWith("Bearer of another"));
      await admin.verify(stream).catch(() => undefined);
      const isRefused = () => at.keycloak.said().includes("authentication_failed");
      await until(isRefused, MOST_SECONDS, () => `Keycloak was told nothing: ${at.keycloak.said().slice(-2_000)}`);
      ok(verifiedAt(at).every(({ asked }) => asked === true));
      await admin.redirect(stream, deliveredWith(AUTHORIZATION));
      await admin.verify(stream);
      const isTaken = () => verifiedAt(at).some(({ asked }) => asked === false);
      await until(isTaken, MOST_SECONDS, () => `no verification ${failuresOf(at)}`);
      equal(await knocked(at, { host: HOST, authorization: "Bearer of another" }), [400, "authentication_failed"]);
      equal(await knocked(at, { host: HOST, authorization: AUTHORIZATION }), [400, "invalid_request"]);
      equal(await knocked(at, { host: "127.0.0.1", authorization: AUTHORIZATION }), [421, undefined]);
    },
  );

  suite.check(
    "signals: a logout and a password that is changed are pushed, and what the user's login started ends",
    [pushed],
    async ([{ at, admin }], note) => {
      const evidence = await admin.login("bob");
      const call = await paymentsOf(at, evidence);
      equal((await call()).codes, ["approval.required"]);
      const other = await admin.login("dora");
      equal(await isStarted(at, other), true);
      await admin.logOut("bob");
      await admin.setPassword("dora", "another one");
      let codes: readonly string[] = [];
      const isRevoked = async () => (codes = (await call()).codes).includes("user.revoked");
      const seconds = await until(isRevoked, MOST_SECONDS, () => `${codes.join()} ${failuresOf(at)}`);
      note(`calls were refused ${seconds.toFixed(1)} s after the logout`);
      const isRefused = async () => String(await started(at, other)) === "user.revoked";
      await until(isRefused, MOST_SECONDS, () => `it is started ${failuresOf(at)}`);
      const ended = new Set(at.gateway.exchange.logged("signals.ended").map(({ type }) => String(type)));
      ok(
        EVENTS.every((type) => ended.has(type)),
        [...ended].join(),
      );
      ok([...ended].every((type) => type.startsWith(CAEP)));
    },
  );
}

function deliveredWith(authorization: string): Delivery {
  return { method: "urn:ietf:rfc:8935", endpoint_url: PUSH_TO, authorization_header: authorization };
}

/** @returns status and code of the answer to a token that is none */
async function knocked(
  { pagePort, ca }: OversightWorld,
  headers: Readonly<Record<"authorization" | "host", string>>,
): Promise<readonly [status: number, code: string | undefined]> {
  const ask = tlsFetch({ ca, at: { host: "127.0.0.1", port: pagePort } });
  const sent = { ...headers, "content-type": "application/secevent+jwt" };
  const answer = await ask(`${ORIGIN}${PUSH_PATH}`, { method: "POST", headers: sent, body: "none" });
  const text = await answer.text();
  return [answer.status, answer.status === 400 ? (JSON.parse(text) as { readonly err: string }).err : undefined];
}

function failuresOf({ gateway }: OversightWorld): string {
  return JSON.stringify(gateway.exchange.logged("signals.failed"));
}
