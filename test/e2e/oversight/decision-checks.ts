import { deepStrictEqual as equal, match, ok } from "node:assert";
import { PEOPLE_REASONS } from "../../../domain/people-reasons";
import { restore, revoke, type Target } from "../../../runtime/session/revocations";
import { approvalKey } from "../../../runtime/store/keys";
import { recordsIn } from "../exchange/written-records";
import type { Check, Suite } from "../harness/suite";
import type { Approver } from "./approver";
import { oversightFleet } from "./oversight-fleet";
import type { OversightWorld } from "./oversight-world";

/** Of the mailbox of Alice, who is served and in the group that decides */
const SPELLINGS = [
  "alice@acme.example",
  "ALICE@Acme.Example",
  "alice+till@acme.example",
  "alice@acme.example.",
] as const;
/** Requests of one agent, user and task that wait at once */
const MOST_WAITING = 32;
const PAYER: Target = { kind: "agent", id: "payer" };

/** What the checks of this suite have caused, as the record must have it */
const ON_RECORD = [
  "approval.decided",
  "approval.decision-refused decide.decided",
  "approval.decision-refused decide.other-group",
  "approval.requested",
  "call.spent",
] as const;

/** Who may not decide, and what may lie between a decision and the call that it is about */
export function decisionChecks(suite: Suite, world: Check<OversightWorld>): void {
  suite.check("decisions: the user served cannot decide, in any spelling of the mailbox", [world], async ([at]) => {
    const alice = await at.approver("alice");
    for (const user of SPELLINGS) await mayNotDecide(alice, await at.asks({ user }), "decide.by-requester");
    await alice.leave();
  });

  suite.check("decisions: the declared owner of the agent cannot decide", [world], async ([at]) => {
    const owner = await at.approver("office");
    await mayNotDecide(owner, await at.asks({ user: "owned" }), "decide.by-owner");
    await owner.leave();
  });

  suite.check("decisions: of requests of one user for one task, 32 wait at once", [world], async ([at]) => {
    for (let order = 0; order < MOST_WAITING; order += 1) await at.asks({ user: "flooding", order: `${order}` });
    const more = await at.pays({ user: "flooding", order: `${MOST_WAITING}` });
    equal([more.status, more.codes], [403, ["approval.too-many"]]);
  });

  const approved = suite.check("decisions: a person approves what three users wait for", [world], async ([at]) => {
    const bob = await at.approver("bob");
    const paths: Record<string, string> = {};
    for (const user of ["expired", "stopped", "withdrawn"]) {
      paths[user] = await at.asks({ user });
      await bob.visit(paths[user]);
      await bob.approve();
      match(await bob.main(), /Approved by/);
    }
    await bob.leave();
    return { at, paths };
  });

  suite.check(
    "decisions: no approved call goes out for an agent that was stopped since, or once the decision is over",
    [approved],
    async ([{ at, paths }]) => {
      const now = Math.floor(Date.now() / 1_000);
      const handle = paths["expired"]?.split("/").at(-1) as string;
      await at.gateway.meanwhile(async ({ store, epoch }) => {
        await store.write([revoke(PAYER, { why: "a test", by: "on-call", at: now }, undefined)]);
        const key = approvalKey(epoch, handle);
        const [item] = await store.read([key]);
        const { decision, ...rest } = item?.value as { readonly decision: object };
        const value = { ...rest, decision: { ...decision, expiresAt: now - 1 } };
        await store.write([{ kind: "put", key, value, expiresAt: now + 3_600, when: "present" }]);
      });
      const stopped = await at.pays({ user: "stopped" });
      equal([stopped.status, stopped.codes], [403, ["agent.revoked"]]);
      await at.gateway.meanwhile(({ store }) => store.write([restore(PAYER)]).then(() => undefined));
      const expired = await at.pays({ user: "expired" });
      equal([expired.status, expired.codes], [403, ["approval.required"]]);
      // What the stop has kept back is still approved: nothing of it was used up.
      equal((await at.pays({ user: "stopped" })).status, 200);
    },
  );

  suite.check(
    "decisions: an approved call is decided by the policy of now, and a refusal uses up no approval",
    [approved],
    async ([{ at }]) => {
      const { port } = at.gateway.tool;
      await at.gateway.taken(await at.gateway.published(oversightFleet(port, at.shop, "status")));
      ok((await codesOf(at, "withdrawn")).includes("action.not-granted"), "a withdrawn right is used");
      await at.gateway.taken(await at.gateway.published(oversightFleet(port, at.shop)));
      equal((await at.pays({ user: "withdrawn" })).status, 200);
    },
  );
}

/** Behind all others */
export function decisionRecordChecks(suite: Suite, world: Check<OversightWorld>): void {
  suite.check("decisions: each is on record, in a sound chain, and no argument with it", [world], async ([at]) => {
    const found = new Set<string>();
    await at.gateway.meanwhile(async ({ store }) => {
      for (const { kind, facts } of await recordsIn(store)) {
        const { codes = [] } = facts as { readonly codes?: readonly string[] };
        found.add([kind, ...codes].join(" "));
        ok(!JSON.stringify(facts).includes("Dear Ann"), `${kind} has an argument`);
      }
    });
    const missing = ON_RECORD.filter((each) => !found.has(each));
    equal(missing.length, 0, `${missing.join(", ")} of ${[...found].sort().join(", ")}`);
  });
}

/** It is shown, says why, and has no button. */
async function mayNotDecide(person: Approver, path: string, code: keyof typeof PEOPLE_REASONS): Promise<void> {
  await person.visit(path);
  const text = await person.main();
  ok(text.includes(`You cannot decide on this request: ${PEOPLE_REASONS[code].what}`), text);
  equal(await person.page.getByRole("button", { name: /Approve|Refuse/ }).count(), 0);
}

async function codesOf(at: OversightWorld, user: string): Promise<readonly string[]> {
  const { status, codes } = await at.pays({ user });
  equal(status, 403);
  return codes;
}
