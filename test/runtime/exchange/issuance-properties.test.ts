import fc from "fast-check";
import type { SensitivityName } from "../../../domain";
import { rank } from "../../../runtime/session/knowledge";
import type { Session } from "../../../runtime/session/session";
import { readSessions } from "../../../runtime/session/stored-sessions";
import { userDigest } from "../../../runtime/store/user-digest";
import { ANY_CHARACTER } from "../../support/any-character";
import { depth } from "../../support/depth";
import { IssuanceRun, type Outcome } from "../../support/exchange/issuance-run";
import { LOGIN } from "../../support/exchange/issuance-world";

type Issued = Extract<Outcome, { answer: unknown }>;

const RUNS = depth(60);

const LEAD = "policy/agents/first/tasks/lead/delegates/second.work";
const WORK = "policy/agents/second/tasks/work/delegates/third.finish";

const play = (base: string) => IssuanceRun.of({ name: "generated", fleet: "chain", base });
const issued = (outcome: Outcome): outcome is Issued => "answer" in outcome;
const scopeOf = ({ answer }: Issued) => (answer.scope ?? "").split(" ");
const endOf = ({ answer }: Issued) => answer.authorization_details[0].run_expires_at;

const actions = fc.constantFrom(
  "any",
  { "notes.read": true },
  { "notes.write": true, "notes.read": true },
  { "board.show": true },
);
const edge = fc.record({
  ttlSeconds: fc.integer({ min: 1, max: 3600 }),
  depth: fc.integer({ min: 1, max: 3 }),
  actions,
});
const wait = fc.integer({ min: 0, max: 200 });

function editsOf(
  path: string,
  { ttlSeconds, depth, actions: allowed }: { ttlSeconds: number; depth: number; actions: unknown },
) {
  return { [`${path}/ttlSeconds`]: ttlSeconds, [`${path}/depth`]: depth, [`${path}/actions`]: allowed };
}

/** Edits that change nothing are none. */
function changing(edits: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(edits).filter(([path, value]) => JSON.stringify(now[path]) !== JSON.stringify(value)),
  );
}

const DECLARED = {
  ...editsOf(LEAD, { ttlSeconds: 240, depth: 2, actions: { "notes.read": true } }),
  ...editsOf(WORK, { ttlSeconds: 900, depth: 1, actions: "any" }),
};

const LOGIN_ENDS = { "evidence/claims/exp": { $in: 1800 } };

test("a child's run and token never exceed the run that handed the work on: in life, actions, depth and user", async () => {
  let children = 0;
  await fc.assert(
    fc.asyncProperty(
      edge,
      edge,
      wait,
      wait,
      fc.integer({ min: 20, max: 1800 }),
      async (first, second, one, two, life) => {
        const run = await play("lead handed on");
        run.edit(changing({ ...editsOf(LEAD, first), ...editsOf(WORK, second) }, DECLARED));
        const parent = await run.ask({
          base: "lead handed on",
          as: "handed",
          change: changing({ "evidence/claims/exp": { $in: life } }, LOGIN_ENDS),
        });
        run.world.now += one;
        const child = await run.ask({ base: "work", as: "begun" });
        const handing = { "form/audience": "exchange", "details/delegate": { $add: "third.finish" } };
        const passed = issued(child) ? await run.ask({ base: "work goes on", as: "passed", change: handing }) : child;
        run.world.now += two;
        const grandchild = issued(passed) ? await run.ask({ base: "finish" }) : passed;
        for (const [above, below, edges, depth] of [
          [parent, child, [first], 1],
          [passed, grandchild, [first, second], 2],
        ] as const) {
          if (!issued(above) || !issued(below) || below === above) continue;
          children += 1;
          expect(below.claims.exp).toBeLessThanOrEqual(endOf(above));
          expect(endOf(below)).toBeLessThanOrEqual(endOf(above));
          expect(below.claims).toMatchObject({
            txn: above.claims.txn,
            sub: above.claims.sub,
            sub_id: above.claims.sub_id,
          });
          expect(below.claims.act.act).toEqual(above.claims.act);
          for (const [place, each] of edges.entries()) {
            expect(each.depth).toBeGreaterThanOrEqual(depth - place);
            expect(endOf(below) - run.world.now).toBeLessThanOrEqual(each.ttlSeconds);
            const allowed = each.actions;
            if (allowed !== "any")
              expect(scopeOf(below).every((name) => Object.hasOwn(allowed as object, `notes.${name}`))).toBe(true);
          }
        }
      },
    ),
    { numRuns: RUNS },
  );
  expect(children).toBeGreaterThan(RUNS / 4);
});

test("going on with a run lengthens nothing and widens nothing", async () => {
  let goneOn = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(wait, { maxLength: 8 }), fc.integer({ min: 20, max: 1800 }), async (waits, life) => {
      const run = await play("lead");
      const first = await run.ask({
        base: "lead",
        as: "begun",
        change: { "evidence/claims/exp": { $in: life }, "form/scope": { $add: "read" } },
      });
      if (!issued(first)) throw first.refusal;
      for (const seconds of waits) {
        run.world.now += seconds;
        const next = await run.ask({ base: "lead goes on" });
        if (!issued(next)) {
          expect(run.world.now).toBeGreaterThanOrEqual(endOf(first));
          continue;
        }
        goneOn += 1;
        expect(endOf(next)).toBe(endOf(first));
        expect(next.claims.exp).toBeLessThanOrEqual(endOf(first));
        expect(next.claims).toMatchObject({
          run: first.claims.run,
          txn: first.claims.txn,
          sid: first.claims.sid,
          sub: first.claims.sub,
        });
      }
    }),
    { numRuns: RUNS },
  );
  expect(goneOn).toBeGreaterThan(RUNS);
});

const marks = fc.constantFrom<SensitivityName>("internal", "confidential", "restricted");
const event = fc.oneof(
  fc.record({ pass: fc.integer({ min: 1, max: 1_500 }) }),
  fc.record({ mark: marks, tainted: fc.boolean() }),
  fc.record({ start: fc.constantFrom("the same", "the same, for a clean one") }),
  fc.record({ goOn: fc.constant(true) }),
);

test("no sequence of starts by evidence that was used lowers mark or taint", async () => {
  let sessions = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 3, maxLength: 14 }), async (events) => {
      const run = await play("lead");
      const begun = run.world.now;
      const used = (clean: boolean) => ({
        base: "lead",
        as: "begun",
        change: {
          "evidence/claims/iat": begun,
          "evidence/claims/exp": begun + 3_500,
          ...(clean ? NEW : {}),
        },
      });
      await run.ask(used(false));
      await run.ask(used(true));
      let before = await sessionOf(run);
      for (const happened of events) {
        if ("pass" in happened) run.world.now += happened.pass;
        else if ("mark" in happened) await run.raise("first", happened);
        else if ("goOn" in happened) await run.ask({ base: "lead goes on" });
        else await run.ask(used(happened.start !== "the same"));
        const after = await sessionOf(run);
        if (after.sid !== before.sid) sessions += 1;
        expect(rank(after.mark)).toBeGreaterThanOrEqual(rank(before.mark));
        expect(after.tainted || !before.tainted).toBe(true);
        before = after;
      }
    }),
    { numRuns: RUNS },
  );
  expect(sessions).toBeGreaterThan(RUNS / 10);
});

const NEW = { "evidence/claims/ambit_session": { $add: "new" } };

async function sessionOf(run: IssuanceRun): Promise<Session> {
  const [stored] = await readSessions(await run.world.state(), [
    { agent: "first", whose: userDigest({ issuer: LOGIN, subject: "alice" }) },
  ]);
  if (stored === undefined) throw new Error("there is no session");
  return stored.session;
}

test("every request is answered by a token, a run or a refusal", async () => {
  const name = fc.oneof(
    fc.constantFrom(
      "grant_type",
      "audience",
      "scope",
      "authorization_details",
      "subject_token",
      "subject_token_type",
      "client_id",
      "resource",
    ),
    fc.string(),
  );
  const value = fc.oneof(
    fc.constantFrom(
      "client_credentials",
      "urn:ietf:params:oauth:grant-type:token-exchange",
      "exchange",
      "aws",
      "tool:board",
      "show",
    ),
    fc.json({ maxDepth: 4 }),
    fc
      .record({
        type: fc.constant("ambit_task"),
        task: fc.constantFrom("self", "lead", "x"),
        start: fc.constantFrom("agent", "user"),
      })
      .map((one) => JSON.stringify([one])),
    fc.string({ unit: ANY_CHARACTER }),
  );
  const form = fc.array(fc.tuple(name, value), { maxLength: 8 });
  const run = await play("self");
  await fc.assert(
    fc.asyncProperty(form, async (pairs) => {
      const outcome = await run.send(pairs, "first");
      if (issued(outcome)) expect(outcome.claims).toMatchObject({ aud: "tool:board", task: "self", scope: "show" });
      else expect(outcome.refusal.reasons.map(({ code }) => code)).not.toContain("exchange.error");
      const begun = await run.beginBy(pairs, "first");
      if ("begun" in begun) expect(begun.begun).toMatchObject({ task: "self", start: "agent" });
      else expect(begun.refusal.reasons.map(({ code }) => code)).not.toContain("exchange.error");
    }),
    { numRuns: depth(1_000) },
  );
  expect(run.world.failures).toEqual([]);
});
