import { endedLoginsOf, endLogins, ENDED_LOGINS_SECONDS, isOfEndedLogin } from "../../../runtime/session/ended-logins";
import { revocationFacts } from "../../../runtime/session/revocations";
import { endedLoginsKey } from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { ALICE, NOW, runOf } from "../../support/exchange/sessions";

const issued = (issuedAt?: number) => ({
  digest: "d",
  until: NOW + 3_600,
  ...(issuedAt !== undefined && { issuedAt }),
});
const started = (issuedAt?: number) => runOf("reader", { user: ALICE, evidence: issued(issuedAt) });

async function world(before = NOW - 10, user = ALICE) {
  let now = NOW;
  const store = new MemoryStore(() => now);
  await store.write([endLogins(user, undefined, { before, at: now })]);
  const item = async () => (await store.read([endedLoginsKey(user)]))[0];
  const pass = (seconds: number) => void (now += seconds);
  return { store, item, pass };
}

const revokedOf = async (store: MemoryStore, run: Parameters<typeof revocationFacts>[1]) =>
  (await revocationFacts(store, run, [])).revoked;

test.each<readonly [what: string, issuedAt: number | undefined, ended: boolean]>([
  ["long before the end", NOW - 600, true],
  ["in the second of the end", NOW - 10, true],
  ["a second after the end", NOW - 9, false],
  ["now", NOW, false],
  ["at a time that is not known", undefined, true],
])("evidence of a user that was issued %s is of an ended login: %3$s", async (_, issuedAt, ended) => {
  const { store } = await world();
  expect(await revokedOf(store, started(issuedAt))).toEqual(ended ? ["user"] : []);
});

test("where a run is joined by other evidence, both must be of logins that go on", async () => {
  const { store } = await world();
  const run = started(NOW);
  expect(await revokedOf(store, { ...run, shown: issued(NOW - 5) })).toEqual([]);
  expect(await revokedOf(store, { ...run, shown: issued(NOW - 10) })).toEqual(["user"]);
  expect(await revokedOf(store, { ...started(NOW - 10), shown: issued(NOW) })).toEqual(["user"]);
});

test.each([
  ["another user", runOf("reader", { user: { ...ALICE, subject: "bob" }, evidence: issued(NOW - 600) })],
  [
    "the same name at another issuer",
    runOf("reader", { user: { ...ALICE, issuer: "https://b.example" }, evidence: issued() }),
  ],
  ["no user", runOf("reader", { user: null, evidence: issued(NOW - 600) })],
])("work for %s goes on", async (_, run) => {
  const { store } = await world();
  expect(await revokedOf(store, run)).toEqual([]);
});

test("work that was handed on ends with the login that the chain began by", async () => {
  const { store } = await world();
  const handed = runOf("reader", { user: ALICE, start: "delegation", evidence: issued(NOW - 60) });
  expect(await revokedOf(store, handed)).toEqual(["user"]);
});

test.each<readonly [what: string, next: number, before: number]>([
  ["a later", NOW - 3, NOW - 3],
  ["an earlier", NOW - 500, NOW - 10],
])("%s end moves the time forward alone", async (_, next, before) => {
  const { store, item } = await world();
  await store.write([endLogins(ALICE, await item(), { before: next, at: NOW })]);
  expect(endedLoginsOf((await item()) as never)).toEqual({ before, at: NOW });
});

test("it is forgotten once no evidence of those logins can be valid any more", async () => {
  const { store, pass } = await world();
  pass(ENDED_LOGINS_SECONDS - 1);
  expect(await revokedOf(store, started(NOW - 10))).toEqual(["user"]);
  pass(1);
  expect(await revokedOf(store, started(NOW - 10))).toEqual([]);
  // An hour to start a run, and an hour that runs last, do not add up: nothing starts by it meanwhile.
  expect(ENDED_LOGINS_SECONDS).toBe(3_600 + 300 + 120);
});

test("fails when something else lies there", () => {
  expect(() => isOfEndedLogin({ value: { at: NOW } } as never, issued(NOW))).toThrow();
});
