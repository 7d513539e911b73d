import * as fc from "fast-check";
import { type Credential, OutboundFailure, type TokenFacts } from "../../../runtime/outbound/credential";
import { Kept, withinDeadline } from "../../../runtime/outbound/kept";
import { KeptCredential, type SharedBy } from "../../../runtime/outbound/kept-credential";
import type { Actor } from "../../../runtime/token/access-token";
import type { SubjectId } from "../../../runtime/token/subject-id";
import "../../support/depth";

const factsOf = (sub_id: SubjectId, act: Actor): TokenFacts => ({ claims: { sub_id, act }, issuers: [] }) as never;
const holder = ({ claims: { sub_id, act } }: TokenFacts): string => JSON.stringify([sub_id, act]);

/** Gives each caller a credential of its own name, for so many seconds. */
function naming(clock: { now: number }, seconds: number, sharedBy: SharedBy) {
  const given: string[] = [];
  const source = {
    headersFor: async (facts: TokenFacts): Promise<Credential> => {
      given.push(holder(facts));
      await Promise.resolve();
      return { headers: { authorization: holder(facts) }, expiresAt: clock.now + seconds };
    },
  };
  return { given, kept: new KeptCredential(source, sharedBy, () => clock.now) };
}

const text = fc.constantFrom("a", "b", "a,b", '"', '","', "a|b", "null");
const user: fc.Arbitrary<SubjectId> = fc.oneof(
  fc.record({ format: fc.constant("iss_sub" as const), iss: text, sub: text }),
  fc.record({ format: fc.constant("uri" as const), uri: text }),
);
const actor: fc.Arbitrary<Actor> = fc
  .array(text, { minLength: 1, maxLength: 3 })
  .map(
    (names) => names.reduceRight<Actor | undefined>((act, sub) => ({ sub, ...(act && { act }) }), undefined) as Actor,
  );
const step = fc.record({
  wait: fc.integer({ min: 0, max: 90 }),
  asked: fc.array(fc.record({ user, actor }), { minLength: 1, maxLength: 4 }),
});

test("in any order and concurrently, each user gets only the credentials for that user and those actors", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.integer({ min: 0, max: 200 }), async (steps, seconds) => {
      const clock = { now: 1_000 };
      const { kept } = naming(clock, seconds, "user");
      for (const { wait, asked } of steps) {
        clock.now += wait;
        const all = asked.map(({ user: who, actor: act }) => factsOf(who, act));
        const answers = await Promise.all(all.map((facts) => kept.headersFor(facts)));
        answers.forEach(({ headers, expiresAt }, index) => {
          // Without a user it has no user's name, and the actors begin with the first agent.
          const facts = all[index] as TokenFacts;
          const expected = facts.claims.sub_id.format === "uri" ? /^\[\{"format":"uri"/ : holder(facts);
          expect(headers.authorization).toEqual(
            typeof expected === "string" ? expected : expect.stringMatching(expected),
          );
          expect(expiresAt).toBeGreaterThanOrEqual(clock.now);
        });
      }
    }),
  );
});

const ALICE = factsOf({ format: "iss_sub", iss: "a", sub: "alice" }, { sub: "agent" });
const BOB = factsOf({ format: "iss_sub", iss: "a", sub: "bob" }, { sub: "agent" });

test.each<readonly [what: string, sharedBy: SharedBy, seconds: number, wait: number, next: TokenFacts, times: number]>([
  ["kept", "user", 600, 539, ALICE, 1],
  ["got again in its last minute", "user", 600, 540, ALICE, 2],
  ["not kept where it lives for less", "user", 60, 0, ALICE, 2],
  ["not kept where its lifetime is unknown", "user", 0, 0, ALICE, 2],
  ["another's for another user", "user", 600, 0, BOB, 2],
  [
    "another's for the same name at another issuer",
    "user",
    600,
    0,
    factsOf({ format: "iss_sub", iss: "b", sub: "alice" }, { sub: "agent" }),
    2,
  ],
  ["another's for another actor", "user", 600, 0, factsOf(ALICE.claims.sub_id, { sub: "other" }), 2],
  [
    "another's for a delegate",
    "user",
    600,
    0,
    factsOf(ALICE.claims.sub_id, { sub: "other", act: { sub: "agent" } }),
    2,
  ],
  ["shared by all where the tool acts as a service", "all", 600, 0, BOB, 1],
])("a credential is %s", async (_, sharedBy, seconds, wait, next, times) => {
  const clock = { now: 1_000 };
  const { kept, given } = naming(clock, seconds, sharedBy);
  expect(kept.keptFor(ALICE.claims)).toBeUndefined();
  const first = await kept.headersFor(ALICE);
  clock.now += wait;
  expect(kept.keptFor(next.claims)).toEqual(times === 1 ? first : undefined);
  await kept.headersFor(next);
  expect(given).toHaveLength(times);
});

test("who asks for what is on its way waits for the same", async () => {
  const { kept, given } = naming({ now: 1_000 }, 0, "user");
  await Promise.all([kept.headersFor(ALICE), kept.headersFor(ALICE), kept.headersFor(BOB)]);
  expect(given).toHaveLength(2);
});

test("what failed is got again", async () => {
  let times = 0;
  const kept = new Kept<{ expiresAt: number }>(() => 1_000, 60);
  const load = async () => {
    times += 1;
    if (times === 1) throw new OutboundFailure("once");
    return { expiresAt: 2_000 };
  };
  await expect(kept.get("a", load)).rejects.toThrow("once");
  expect(await kept.get("a", load)).toEqual({ expiresAt: 2_000 });
});

test("of very many only the last are kept", async () => {
  let times = 0;
  const kept = new Kept<{ expiresAt: number }>(() => 1_000, 60);
  const load = async () => ((times += 1), { expiresAt: 2_000 });
  for (let name = 0; name <= 10_000; name += 1) await kept.get(`${name}`, load);
  await kept.get("10000", load);
  expect(times).toBe(10_001);
  await kept.get("0", load);
  expect(times).toBe(10_002);
});

test("fails when it takes too long, and says so to what is under way", async () => {
  let over: AbortSignal | undefined;
  const hanging = withinDeadline((signal) => ((over = signal), new Promise(() => undefined)), 20);
  await expect(hanging).rejects.toThrow(new OutboundFailure("it took longer than 20 ms"));
  expect(over?.aborted).toBe(true);
});
