import { deepStrictEqual as equal, ok } from "node:assert";
import { setTimeout as after } from "node:timers/promises";
import { recordsIn } from "../exchange/written-records";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { KeycloakAdmin, type Stream } from "./keycloak-admin";
import { RECEIVER } from "./keycloak-realm";
import type { OversightWorld } from "./oversight-world";
import { CAEP, EVENTS, sourceOf, verifiedAt } from "./signal-source";
import { isStarted, paymentsOf, started } from "./user-logins";

/** Many rounds of polling: a busy machine is no failure. */
const MOST_SECONDS = 120;

interface Signalled {
  readonly at: OversightWorld;
  readonly admin: KeycloakAdmin;
  readonly stream: Stream;
}

/** A real transmitter tells that logins have ended, and what they have started ends. */
export function signalChecks(suite: Suite, world: Check<OversightWorld>): void {
  const signalled = suite.check(
    "signals: Keycloak makes a stream of security events, and the exchange fetches it",
    [world],
    async ([at], note): Promise<Signalled> => {
      const { gateway, keycloak, ca, signals } = at;
      const admin = new KeycloakAdmin(keycloak.issuer, ca);
      await admin.allowScopes("ambit:payer:settle");
      const stream = await admin.stream(RECEIVER, { method: "urn:ietf:rfc:8936" }, EVENTS);
      signals.fetched = [await sourceOf(at, admin, stream, { poll: stream.delivery.endpoint_url })];
      await gateway.exchange.stop();
      await gateway.startExchange();
      const isVerified = (): boolean => verifiedAt(at).filter(({ asked }) => asked === true).length > 1;
      const seconds = await until(isVerified, MOST_SECONDS, () => `no verification ${failuresOf(at)}`);
      note(`two verifications that the exchange had asked for came within ${seconds.toFixed(1)} s`);
      return { at, admin, stream };
    },
  );

  suite.check(
    "signals: an unrequested verification is refused; one without a state is accepted, as Keycloak's own",
    [signalled],
    async ([{ at, admin, stream }]) => {
      const { exchange } = at.gateway;
      await admin.verify(stream, "asked by another");
      await admin.verify(stream);
      const isTold = (): boolean =>
        exchange.logged("signals.refused").length > 0 && verifiedAt(at).some(({ asked }) => asked === false);
      await until(isTold, MOST_SECONDS, () => `nothing was told ${failuresOf(at)}`);
      equal(
        exchange.logged("signals.refused").map(({ code }) => code),
        ["invalid_state"],
      );
    },
  );

  suite.check(
    "signals: an administrator logs a user out, and what the user's login started ends",
    [signalled],
    async ([{ at, admin }], note) => {
      const evidence = await admin.login("alice");
      const call = await paymentsOf(at, evidence);
      equal((await call()).codes, ["approval.required"]);
      await admin.logOut("alice");
      let codes: readonly string[] = [];
      const isRevoked = async () => (codes = (await call()).codes).includes("user.revoked");
      const seconds = await until(isRevoked, MOST_SECONDS, () => `${codes.join()} ${failuresOf(at)}`);
      note(`calls were refused ${seconds.toFixed(1)} s after the logout`);
      equal(await started(at, evidence), ["user.revoked"]);
    },
  );

  suite.check("signals: a login afterwards starts anew", [signalled], async ([{ at, admin }]) => {
    // What was issued in the second of the logout is of before.
    await after(1_100);
    equal(await isStarted(at, await admin.login("alice")), true);
  });

  suite.check(
    "signals: an administrator sets another password, and what the user's login started ends",
    [signalled],
    async ([{ at, admin }], note) => {
      const evidence = await admin.login("carol");
      equal(await isStarted(at, evidence), true);
      await admin.setPassword("carol", "another one");
      const isRefused = async () => String(await started(at, evidence)) === "user.revoked";
      const seconds = await until(isRefused, MOST_SECONDS, () => `it is started ${failuresOf(at)}`);
      note(`nothing was started ${seconds.toFixed(1)} s after the change`);
      await after(1_100);
      equal(await isStarted(at, await admin.login("carol", "another one")), true);
    },
  );

  suite.check("signals: each event is on record once, and no other was refused", [signalled], async ([{ at }]) => {
    const { exchange } = at.gateway;
    equal(exchange.logged("signals.refused").length, 1);
    const ended = exchange.logged("signals.ended").map(({ type }) => String(type).slice(CAEP.length + 1));
    ok(ended.includes("session-revoked") && ended.includes("credential-change"), ended.join());
    await at.gateway.meanwhile(async ({ store }) => {
      const records = await recordsIn(store);
      const of = (name: string) => records.filter(({ kind }) => kind === name).map(({ facts }) => facts);
      equal(of("logins.ended").length, ended.length);
      equal(
        of("signals.refused").map(({ code }) => code),
        ["invalid_state"],
      );
    });
  });
}

function failuresOf({ gateway }: OversightWorld): string {
  return JSON.stringify(gateway.exchange.logged("signals.failed"));
}
