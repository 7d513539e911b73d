import { codesOf } from "../../support/exchange/sessions";
import { CLAIMS, KEYS, NOW, proven } from "../../support/exchange/token-world";
import { compact, type Members } from "../../support/tokens";

const start = (more: Members) =>
  compact(
    { alg: "ES256", kid: KEYS.scheduler.kid, typ: "ambit-start+jwt" },
    { ...CLAIMS.start, ...more },
    KEYS.scheduler.privateKey,
  );

/** What people were asked, with the token of this digest and no other */
const askedWith = (digest: string | undefined, until: number) => ({
  asked: async (of: string) => (of === digest ? { until, txn: "txn-1" } : undefined),
});

test("a start token starts again what waits for a person, although it was used and has expired", async () => {
  const token = start({ iat: NOW - 700, exp: NOW - 450 });
  const fresh = await proven("schedule", "sweep", token, { now: NOW - 500 });
  const { outside } = fresh;
  expect(outside?.single).toBe(true);
  const again = { ...fresh, expiresAt: NOW + 90, txn: "txn-1", outside: { ...outside, single: false } };
  expect(await proven("schedule", "sweep", token, askedWith(outside?.digest, NOW + 90))).toEqual(again);
  expect(await codesOf(proven("schedule", "sweep", token))).toEqual(["evidence.expired"]);
  expect(await codesOf(proven("schedule", "sweep", token, askedWith("other", NOW + 90)))).toEqual(["evidence.expired"]);
});

test.each([
  ["is of another issuer", { iss: "https://unknown.example" }, "evidence.issuer-unknown"],
  ["lives for too long", { iat: NOW - 700, exp: NOW - 300 }, "evidence.too-long"],
  ["is for another agent", { sub: "spiffe://prod.acme.example/ns/other/sa/other" }, "evidence.other-agent"],
  ["is for another task", { task: "answer" }, "evidence.other-task"],
])("fails where a start token that waits for a person %s", async (_, claims, code) => {
  const token = start({ iat: NOW - 700, exp: NOW - 450, ...claims });
  const asked = { asked: async () => ({ until: NOW + 90, txn: "txn-1" }) };
  expect(await codesOf(proven("schedule", "sweep", token, asked))).toEqual([code]);
});

test("a live start token starts again too, as long as its request waits", async () => {
  const token = start({});
  const fresh = await proven("schedule", "sweep", token);
  expect(await proven("schedule", "sweep", token, askedWith(fresh.outside?.digest, NOW + 3_600))).toEqual({
    ...fresh,
    expiresAt: NOW + 3_600,
    txn: "txn-1",
    outside: { ...fresh.outside, single: false },
  });
});

test("a start token is remembered for a run, a day and a quarter of an hour, in which it may start again, and no longer", async () => {
  const exp = NOW + 100;
  const until = exp + 3_600 + 86_400 + 900;
  const token = start({ iat: NOW - 10, exp });
  const { outside } = await proven("schedule", "sweep", token);
  expect(outside?.until).toBe(until);
  const asked = { asked: async () => ({ until: until + 1, txn: "txn-1" }) };
  expect(await proven("schedule", "sweep", token, { ...asked, now: until - 1 })).toMatchObject({
    expiresAt: until + 1,
  });
  expect(await codesOf(proven("schedule", "sweep", token, { ...asked, now: until }))).toEqual(["evidence.expired"]);
});
