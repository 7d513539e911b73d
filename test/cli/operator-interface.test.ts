import { Hono } from "hono";
import { OperatorInterface } from "../../cli/stop/operator-interface";
import { letAct, restorable } from "../../cli/stop/restoration";
import {
  restorationsEndpoint,
  revocationsEndpoint,
  revokedEndpoint,
} from "../../runtime/exchange/http/operator-endpoints";
import type { Environment, ExchangeParts } from "../../runtime/exchange/http/parts";
import { revoke } from "../../runtime/session/revocations";
import { userDigest } from "../../runtime/store/user-digest";
import { MALLORY, OLGA, OrdersWorld } from "../support/exchange/orders-world";

const EXCHANGE = "https://exchange.prod.acme.example";
const USER = { kind: "user", user: MALLORY } as const;
const HOUR = 3_660;

/** What commands ask by, and the exchange's own endpoints behind it */
function world() {
  const orders = new OrdersWorld();
  const refusals = { record: async () => undefined };
  const parts = { operators: { operator: async () => OLGA, orders: orders.orders, refusals }, log: () => undefined };
  const app = new Hono<Environment>()
    .post("/operator/revocations", revocationsEndpoint(parts as unknown as ExchangeParts))
    .get("/operator/revocations", revokedEndpoint(parts as unknown as ExchangeParts))
    .post("/operator/restorations", restorationsEndpoint(parts as unknown as ExchangeParts));
  const exchange = new OperatorInterface({
    address: EXCHANGE,
    ca: undefined,
    spiffeId: undefined,
    idToken: "the.id.token",
    send: async ({ method, address, headers, body }) => {
      const answer = await app.request(address, { method, headers, ...(body !== "" && { body }) });
      return { status: answer.status, text: await answer.text() };
    },
  });
  const said: string[] = [];
  const io = { out: () => undefined, err: (text: string) => void said.push(text) };
  const restored = async (meanwhile = async () => undefined as unknown) => {
    const { last_ordered_at } = await restorable(io, exchange, USER);
    await meanwhile();
    await letAct(exchange, { target: USER, reason: "the account is safe", last_ordered_at, otherwise: "it stays so" });
  };
  return { exchange, orders, said, restored };
}

test("a user who was stopped is let act by what the exchange lists, once nothing of before is good", async () => {
  const { exchange, orders, said, restored } = world();
  await exchange.revoke({ ...USER, reason: "INC-7" });
  orders.now += HOUR - 1;
  await expect(restored()).rejects.toThrow("exit code 4");
  orders.now += 1;
  await restored();
  expect(said.join("")).toContain("because: INC-7\n");
  expect(await exchange.stopped(USER)).toBeUndefined();
  await expect(restored()).rejects.toThrow("the exchange has not revoked user mallory of https://login.acme.example");
});

test("a user who is ordered stopped again meanwhile stays stopped, and the new reason is told", async () => {
  const { exchange, orders, restored } = world();
  await exchange.revoke({ ...USER, reason: "INC-7" });
  orders.now += HOUR;
  const again = restored(() => exchange.revoke({ ...USER, reason: "INC-8: another theft" }));
  await expect(again).rejects.toThrow(
    /^it stays so: the exchange answered 409, restoration\.ordered-again: .*by olga of .*, because: INC-8: another theft$/,
  );
  expect(await exchange.stopped(USER)).toMatchObject({ user: MALLORY });
});

test("of 150 users who are stopped each is found", async () => {
  const { exchange } = world();
  const users = Array.from({ length: 150 }, (_, n) => ({ ...MALLORY, subject: `user-${n}` }));
  for (const user of users) await exchange.revoke({ kind: "user", user, reason: "INC-7" });
  for (const user of users) expect(await exchange.stopped({ kind: "user", user })).toMatchObject({ user });
  expect(await exchange.stopped(USER)).toBeUndefined();
});

describe("a user who was stopped by a version that kept no name", () => {
  const named = { ...MALLORY, subject: "ana" };
  const before = async () => {
    const made = world();
    const said = { why: "INC-3", by: "another", at: made.orders.now };
    await made.orders.store.write([revoke(USER, said, undefined)]);
    await made.exchange.revoke({ kind: "user", user: named, reason: "INC-7" });
    return made;
  };

  test("is listed by the digest, found by subject and issuer, and let act", async () => {
    const { exchange, orders, said, restored } = await before();
    expect(await exchange.stopped(USER)).toEqual({
      kind: "user",
      digest: userDigest(MALLORY),
      reason: "INC-3",
      by: "another",
      revoked_at: orders.now,
      restorable_at: orders.now + HOUR,
      now: orders.now,
    });
    orders.now += HOUR;
    await restored();
    expect(said.join("")).toContain("because: INC-3\n");
    expect([await exchange.stopped(USER), await exchange.stopped({ kind: "user", user: named })]).toEqual([
      undefined,
      expect.objectContaining({ user: named, reason: "INC-7" }),
    ]);
  });

  test.each([
    ["subject", { ...MALLORY, subject: "mallor" }],
    ["issuer", { ...MALLORY, issuer: `${MALLORY.issuer}x` }],
    ["issuer and subject that read alike together", { issuer: "https://login.acme.examplem", subject: "allory" }],
  ])("is not found by another %s", async (_, user) => {
    const { exchange } = await before();
    expect(await exchange.stopped({ kind: "user", user })).toBeUndefined();
  });

  test("has a name once it is stopped again", async () => {
    const { exchange } = await before();
    await exchange.revoke({ ...USER, reason: "INC-9" });
    expect(await exchange.stopped(USER)).toMatchObject({ user: MALLORY, reason: "INC-9" });
  });
});
