import type { Act } from "../../../../runtime/audit/audit";
import {
  erasuresEndpoint,
  restorationsEndpoint,
  revocationsEndpoint,
  revokedEndpoint,
} from "../../../../runtime/exchange/http/operator-endpoints";
import { operatorOf } from "../../../../runtime/exchange/operator/authentication";
import type { Operator } from "../../../../runtime/exchange/operator/operator";
import { RefusedOrders } from "../../../../runtime/exchange/operator/refused-orders";
import { Refusal } from "../../../../runtime/refusal/refusal";
import { StoreUnavailable } from "../../../../runtime/store/store";
import { userDigest } from "../../../../runtime/store/user-digest";
import { KILL_SWITCH, OLGA } from "../../../support/exchange/orders-world";
import { ID_TOKEN, idToken, idTokens, NOW, PEOPLE } from "../../../support/exchange/people";
import { smallFleet } from "../../../support/exchange/small-fleet";

const OF_OLGA = userDigest({ issuer: "https://login.acme.example", subject: "olga" });

class World {
  public readonly acts: Act[] = [];
  public now = NOW;
  public failures = 0;
  public down = false;
  public readonly refused = new RefusedOrders(
    {
      commit: async (act) => {
        if (this.down) throw new StoreUnavailable("down");
        this.acts.push(act);
      },
    },
    () => this.now,
    () => void (this.failures += 1),
  );

  public record(code: Parameters<typeof Refusal.of>[0], operator?: Operator, error: unknown = Refusal.of(code)) {
    return this.refused.record("revocations", operator, error);
  }

  public get facts() {
    return this.acts.map(({ event: { kind, facts } }) => ({ kind, ...facts }));
  }
}

test.each<readonly [string, Operator | undefined, object]>([
  ["a person of the operators", OLGA, { by: OF_OLGA }],
  ["the kill switch", { ...KILL_SWITCH, jti: "1" }, { killSwitch: KILL_SWITCH.issuer }],
  ["an unauthenticated person", undefined, {}],
])("a refusal of %s is on record, with its codes", async (_, operator, by) => {
  const world = new World();
  await world.record("restoration.too-early", operator);
  expect(world.acts).toEqual([
    {
      writes: [],
      event: {
        kind: "operator.refused",
        time: NOW,
        facts: { asked: "revocations", ...by, error: "access_denied", codes: ["restoration.too-early"] },
      },
    },
  ]);
});

test("a person who is authenticated and no operator is on record by a digest", async () => {
  const registry = { current: () => ({ ...smallFleet([], []), people: PEOPLE as never }) };
  const asked = operatorOf({ issuer: "https://x.example", registry, people: idTokens(), clock: () => NOW });
  const headers = { authorization: `Bearer ${idToken()}` };
  const world = new World();
  const request = new Request("https://x.example/operator/revocations", { method: "POST", headers });
  await world.record("operator.not-listed", undefined, await asked(request, "{}").catch((error: unknown) => error));
  const by = userDigest({ issuer: PEOPLE.issuer, subject: ID_TOKEN["sub"] as string });
  expect(world.facts).toMatchObject([{ by, codes: ["operator.not-listed"] }]);
  expect(JSON.stringify(world.facts)).not.toContain(String(ID_TOKEN["sub"]));
});

test("requests of all who are not authenticated are one record a minute for each reason, with their number", async () => {
  const world = new World();
  for (let each = 0; each < 500; each++) {
    await world.record("operator.unauthenticated");
    await world.record("person.expired");
  }
  expect(world.acts).toHaveLength(2);
  world.now += 60;
  await world.record("operator.unauthenticated");
  expect(world.facts.slice(2)).toMatchObject([
    { kind: "operator.refused.repeated", codes: ["operator.unauthenticated"], repeated: 499, since: NOW },
    { kind: "operator.refused", codes: ["operator.unauthenticated"] },
  ]);
});

test("one operator's refusals do not hide another's", async () => {
  const world = new World();
  const other: Operator = { ...OLGA, user: { issuer: "https://login.acme.example", subject: "oscar" } } as Operator;
  for (const operator of [OLGA, other, OLGA, other]) await world.record("restoration.too-early", operator);
  expect(world.acts).toHaveLength(2);
  world.now += 60;
  await world.record("restoration.too-early", OLGA);
  expect(world.facts[2]).toMatchObject({ kind: "operator.refused.repeated", by: OF_OLGA, repeated: 1 });
});

test("without a store there is no record, and the refusal is answered all the same", async () => {
  const world = new World();
  await world.record("restoration.too-early", OLGA, new StoreUnavailable("down"));
  expect([world.acts, world.failures]).toEqual([[], 0]);
  world.down = true;
  await world.record("restoration.too-early", OLGA);
  expect([world.acts, world.failures]).toEqual([[], 1]);
  world.down = false;
  await world.record("restoration.too-early", OLGA);
  expect(world.acts).toHaveLength(1);
});

test.each([
  ["revocations", "POST", revocationsEndpoint],
  ["restorations", "POST", restorationsEndpoint],
  ["erasures", "POST", erasuresEndpoint],
  ["revoked", "GET", revokedEndpoint],
] as const)("each refusal of %s is told with who asked, as far as that is known", async (asked, method, endpoint) => {
  const told: unknown[] = [];
  const refuse = () => Promise.reject(Refusal.of("restoration.too-early"));
  let operator: () => Promise<Operator> = async () => OLGA;
  const operators = {
    operator: () => operator(),
    orders: { revoke: refuse, restore: refuse, list: refuse },
    erasures: { erase: refuse },
    refusals: { record: async (...args: unknown[]) => void told.push(args) },
  };
  const answered = async (): Promise<number> => {
    const headers = { "content-type": "application/json" };
    const raw = new Request("https://x.example/", { method, headers, ...(method === "POST" && { body: "{}" }) });
    const req = { path: "/", raw, query: () => ({}) };
    const answer = await endpoint({ operators, log: () => undefined } as never)(
      { req } as never,
      async () => undefined,
    );
    return (answer as Response).status;
  };
  expect(await answered()).toBe(403);
  operator = () => Promise.reject(Refusal.of("operator.not-listed"));
  expect(await answered()).toBe(403);
  expect(told).toEqual([
    [asked, OLGA, Refusal.of("restoration.too-early")],
    [asked, undefined, Refusal.of("operator.not-listed")],
  ]);
});
