import type { AuditEvent } from "../../../../runtime/audit/audit";
import { AuditLedger } from "../../../../runtime/audit/ledger";
import { MOST_UNDER_WAY, PUSH_PATH, PushedEvents } from "../../../../runtime/exchange/signals/pushed-events";
import { SignalReceiver } from "../../../../runtime/exchange/signals/receiver";
import { OutboundFailure } from "../../../../runtime/outbound/credential";
import { ENDED_LOGINS_SECONDS, endedLoginsOf } from "../../../../runtime/session/ended-logins";
import { endedLoginsKey } from "../../../../runtime/store/keys";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { StoreUnavailable } from "../../../../runtime/store/store";
import {
  AUDIENCE,
  keysOf,
  NOW,
  revokedSession,
  SESSION_REVOKED,
  setOf,
  TRANSMITTER,
} from "../../../support/exchange/security-events";
import { smallFleet } from "../../../support/exchange/small-fleet";
import { FaultyStore } from "../../../support/faulty-store";
import { PERSONS } from "../../../support/persons";

const SHOWN = "Bearer of-login";
const ANOTHER = {
  issuer: "https://other.example",
  jwksUri: "https://other.example/keys",
  algorithms: ["ES256"],
} as const;
const SECRETS: Readonly<Record<string, string>> = { "arn:login": SHOWN, "arn:other": "Bearer of-other" };
const STATE = "what was asked for";

class World {
  public now = NOW;
  public readonly events: AuditEvent[] = [];
  public readonly lines: string[] = [];
  public readonly store = new FaultyStore(new MemoryStore(() => this.now));
  public hasSecrets = true;
  private readonly pushed: PushedEvents;

  constructor() {
    const ledger = new AuditLedger({ store: this.store, persons: PERSONS, clock: () => this.now });
    const log = (event: string) => void this.lines.push(event);
    const receiver = (issuer: string) =>
      new SignalReceiver({
        issuer,
        audience: AUDIENCE,
        registry: { current: () => smallFleet([TRANSMITTER, ANOTHER], []) },
        keysOf,
        state: async () => ({ store: this.store }),
        ledger: { commit: async (act) => ledger.commit(act).then(() => void this.events.push(act.event)) },
        clock: () => this.now,
        log,
        verification: { isAnswer: async (state) => state === STATE },
      });
    this.pushed = new PushedEvents({
      sources: [
        { issuer: ANOTHER.issuer, authorization: "arn:other", receiver: receiver(ANOTHER.issuer) },
        { issuer: TRANSMITTER.issuer, authorization: "arn:login", receiver: receiver(TRANSMITTER.issuer) },
      ],
      secrets: {
        read: async (arn) => {
          if (!this.hasSecrets) throw new OutboundFailure("Secrets Manager gave none");
          return { text: SECRETS[arn] ?? "", expiresAt: this.now + 300 };
        },
      },
      log,
    });
  }

  public send(body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const all = { authorization: SHOWN, "content-type": "application/secevent+jwt", ...headers };
    const there = Object.entries(all).filter(([, value]) => value !== "");
    return this.pushed.answer(
      new Request(`https://approvals.example${PUSH_PATH}`, {
        method: "POST",
        body,
        headers: Object.fromEntries(there),
      }),
    );
  }

  public async endedBefore(): Promise<number | undefined> {
    const [item] = await this.store.read([endedLoginsKey({ issuer: TRANSMITTER.issuer, subject: "alice" })]);
    return item && endedLoginsOf(item).before;
  }
}

test("an event is taken once it is written, and taken again when it comes again, written once", async () => {
  const world = new World();
  const answers = [await world.send(revokedSession("a")), await world.send(revokedSession("a"))];
  expect(answers.map(({ status, body }) => [status, body])).toEqual([
    [202, null],
    [202, null],
  ]);
  expect(await world.endedBefore()).toBe(NOW - 10);
  expect(world.events.map(({ kind }) => kind)).toEqual(["logins.ended"]);
});

test("a verification that was asked for is taken", async () => {
  const set = setOf({ ...of("v"), events: { [VERIFICATION]: { state: STATE } } });
  expect((await new World().send(set)).status).toBe(202);
});

const VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification";
const of = (jti: string) => ({
  iss: TRANSMITTER.issuer,
  aud: AUDIENCE,
  jti,
  iat: NOW,
  sub_id: { format: "opaque", id: "s-1" },
});
const ENDS = { [SESSION_REVOKED]: {} };
const SOUND = revokedSession("a");

test.each<readonly [what: string, body: string, headers: Readonly<Record<string, string>>, err: string]>([
  ["no Authorization", SOUND, { authorization: "" }, "authentication_failed"],
  ["another Authorization", SOUND, { authorization: "Bearer of-another" }, "authentication_failed"],
  ["the beginning of it", SOUND, { authorization: SHOWN.slice(0, -1) }, "authentication_failed"],
  ["it in other letters", SOUND, { authorization: SHOWN.toUpperCase() }, "authentication_failed"],
  ["another issuer's Authorization", SOUND, { authorization: "Bearer of-other" }, "invalid_issuer"],
  ["another content type", SOUND, { "content-type": "application/jwt" }, "invalid_request"],
  ["a coding", SOUND, { "content-encoding": "gzip" }, "invalid_request"],
  ["no body", "", {}, "invalid_request"],
  ["a body that is too long", "e".repeat(70_000), {}, "invalid_request"],
  ["what is no token", "{}", {}, "invalid_request"],
  ["a token without signature", setOf({ ...of("a"), events: ENDS }, { alg: "none" }), {}, "invalid_request"],
  ["a token of users", setOf({ ...of("a"), events: ENDS }, { typ: "at+jwt" }), {}, "invalid_request"],
  ["a token that ends", setOf({ ...of("a"), events: ENDS, exp: NOW + 60 }), {}, "invalid_request"],
  ["an event for others", setOf({ ...of("a"), events: ENDS, aud: "ambit-dev" }), {}, "invalid_audience"],
  ["an event of another issuer", setOf({ ...of("a"), events: ENDS, iss: ANOTHER.issuer }), {}, "invalid_issuer"],
  ["two events", setOf({ ...of("a"), events: { ...ENDS, [VERIFICATION]: {} } }), {}, "invalid_request"],
  [
    "a verification that was not asked for",
    setOf({ ...of("a"), events: { [VERIFICATION]: { state: "another" } } }),
    {},
    "invalid_state",
  ],
])("fails for %s, and ends nothing", async (_, body, headers, err) => {
  const world = new World();
  const answer = await world.send(body, headers);
  expect([answer.status, await answer.json()]).toEqual([400, { err, description: expect.any(String) }]);
  expect(answer.headers.get("content-language")).toBe("en");
  expect(await world.endedBefore()).toBeUndefined();
  expect(world.events.map(({ kind }) => kind)).not.toContain("logins.ended");
});

test("a signature that does not verify may come again, and is an error once nothing is left to end", async () => {
  const world = new World();
  const set = setOf({ ...of("a"), events: ENDS }, {}, "another");
  const first = await world.send(set);
  expect([first.status, first.headers.get("retry-after")]).toEqual([503, "5"]);
  world.now += ENDED_LOGINS_SECONDS;
  expect([(await world.send(set)).status, world.lines]).toEqual([400, ["signals.refused"]]);
});

test("fails while the store does not answer, and is taken once it does", async () => {
  const world = new World();
  world.store.before = () => {
    throw new StoreUnavailable("no answer");
  };
  const answer = await world.send(SOUND);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  world.store.before = () => undefined;
  expect((await world.send(SOUND)).status).toBe(202);
});

test("fails while the secret cannot be read: no transmitter is known then", async () => {
  const world = new World();
  world.hasSecrets = false;
  expect([(await world.send(SOUND)).status, (await world.send(SOUND)).status]).toEqual([503, 503]);
  expect(await world.endedBefore()).toBeUndefined();
  expect(world.lines).toEqual(["signals.failed"]);
});

test("fails for more at once of one issuer than may be, and others are taken", async () => {
  const world = new World();
  let go = (): void => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  world.store.before = () => held;
  const first = Array.from({ length: MOST_UNDER_WAY }, (_, at) => world.send(revokedSession(`held-${at}`)));
  await new Promise(setImmediate);
  // It is answered within this turn, or held as the others are.
  const more = await Promise.race([world.send(revokedSession("more")), new Promise<void>(setImmediate)]);
  expect([more?.status, more?.headers.get("retry-after")]).toEqual([429, "1"]);
  expect((await world.send(SOUND, { authorization: "Bearer of-other" })).status).toBe(400);
  world.store.before = () => undefined;
  go();
  expect((await Promise.all(first)).every(({ status }) => status === 202 || status === 503)).toBe(true);
  expect((await world.send(revokedSession("more"))).status).toBe(202);
});
