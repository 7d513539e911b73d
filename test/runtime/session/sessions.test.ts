import type { SensitivityName, Start } from "../../../domain";
import { sessionFacts } from "../../../runtime/session/session-state";
import { readSessions } from "../../../runtime/session/stored-sessions";
import { revocationFacts, revoke } from "../../../runtime/session/revocations";
import { waitingBelow } from "../../../runtime/session/reservation";
import type { Session } from "../../../runtime/session/session";
import { plan, planWrites } from "../../../runtime/session/sessions";
import { evidenceKey, sessionKey } from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import cases from "../../cases/exchange/sessions.json";
import { codesOf, EPOCH, fleetOf, NOW, ofAlice, runOf, sessionOf, startOf } from "../../support/exchange/sessions";

interface Written {
  readonly startedAgo: number;
  readonly usedAgo: number;
  readonly mark: SensitivityName;
  readonly tainted: boolean;
  /** Seconds from now */
  readonly writable?: Readonly<Partial<Record<SensitivityName, number>>>;
  readonly readable?: Readonly<Partial<Record<SensitivityName, number>>>;
  readonly stopped?: boolean;
  /** Began since the run did */
  readonly other?: boolean;
  readonly undeclared?: boolean;
}

interface Case {
  readonly name: string;
  readonly last: Written | null;
  readonly start: {
    readonly by: Start;
    /** From outside: that the agent presents, or with which the chain began; used by the agent or not */
    readonly evidence?: "unused" | "used";
    readonly single?: boolean;
    readonly asksForClean?: boolean;
    readonly delegator?: Written | null;
  };
  readonly session?: "new" | "same";
  readonly mark?: SensitivityName;
  readonly tainted?: boolean;
  readonly writable?: SensitivityName;
  readonly refused?: string;
}

const TABLE = cases as readonly Case[];
const DELEGATOR = runOf("front", { sid: "sid-of-the-delegator" });

function times(of: Written["writable"] = {}): Session["writable"] {
  return Object.fromEntries(Object.entries(of).map(([name, seconds]) => [name, NOW + seconds]));
}

/** The store as the case tells it, and the start that it asks for */
async function told({ last, start }: Case) {
  const store = new MemoryStore(() => NOW);
  const keep = async (agent: string, sid: string, written: Written): Promise<void> => {
    const { startedAgo, usedAgo, mark, tainted, writable, readable, stopped } = written;
    const session = sessionOf({
      sid,
      startedAt: NOW - startedAgo,
      lastUsedAt: NOW - usedAgo,
      mark,
      tainted,
      writable: times(writable),
      readable: times(readable),
    });
    await store.write([
      { kind: "put", key: sessionKey(EPOCH, ofAlice(agent)), value: { ...session }, when: "absent" },
      ...(stopped === true
        ? [revoke({ kind: "session", id: sid }, { why: "incident", by: "on-call", at: NOW }, undefined)]
        : []),
    ]);
  };
  const { by, delegator, single = false, asksForClean: newSession = false } = start;
  if (last !== null) await keep("worker", "sid-of-the-last", last);
  if (delegator) await keep("front", delegator.other === true ? "sid-since" : DELEGATOR.sid, delegator);
  if (start.evidence === "used") {
    await store.write([{ kind: "put", key: evidenceKey("worker", "digest"), value: "another", when: "absent" }]);
  }
  const behind = start.evidence === undefined ? undefined : { digest: "digest", until: NOW + 300 };
  const asked = startOf(
    "worker",
    {
      by,
      outside: behind === undefined || by === "delegation" ? undefined : { ...behind, single, newSession },
      parent: by === "delegation" ? { ...DELEGATOR, evidence: behind ?? null } : undefined,
    },
    delegator?.undeclared === true ? { fleet: fleetOf("worker") } : {},
  );
  return { store, state: { store, epoch: EPOCH }, asked };
}

/** What refuses: the plan itself, the policy, which is told what was stopped, or what the plan waits for */
async function refusedBy(row: Case): Promise<readonly string[]> {
  const { store, state, asked } = await told(row);
  if (row.refused === "mark.credential-below") {
    const { own, reads } = await plan(state, asked);
    return (await waitingBelow(state, own, reads, NOW))?.reasons.map(({ code }) => code) ?? [];
  }
  if (row.refused !== "session.revoked") return codesOf(plan(state, asked));
  const { session } = await plan(state, asked);
  const run = { ...runOf("worker"), chain: asked.chain, sid: session.sid };
  return (await revocationFacts(store, run, [])).revoked.map((kind) => `${kind}.revoked`);
}

const allowed = TABLE.filter(({ refused }) => refused === undefined);
const refused = TABLE.filter((row) => row.refused !== undefined);

test.each(allowed.map((row) => [row.session, row.name, row] as const))("%s: %s", async (_, __, row) => {
  const { store, state, asked } = await told(row);
  const planned = await plan(state, asked);
  const { session, isNew } = planned;
  const { mark, tainted, writable = null } = row;
  expect({ isNew, mark: session.mark, tainted: session.tainted }).toEqual({
    isNew: row.session === "new",
    mark,
    tainted,
  });
  expect(sessionFacts(session, NOW)).toMatchObject({ mark, tainted, writable });
  expect(session.sid === "sid-of-the-last").toBe(row.session === "same");
  await store.write(await planWrites(state, planned, NOW));
  const [stored, delegator] = await readSessions(state, [ofAlice("worker"), ofAlice("front")]);
  expect(stored?.session).toMatchObject({ sid: session.sid, mark, tainted });
  const { delegator: before } = row.start;
  if (before) {
    expect(delegator).toMatchObject({ version: 1, session: { sid: DELEGATOR.sid, mark: before.mark } });
  }
  const [once] = await store.read([evidenceKey("worker", "digest")]);
  expect(once !== undefined).toBe(row.start.evidence !== undefined);
});

test.each(refused.map((row) => [row.refused, row.name, row] as const))(
  "fails with %s when %s",
  async (code, _, row) => {
    await expect(refusedBy(row)).resolves.toEqual([code]);
  },
);

test("the table refuses at least as often as not", () => {
  expect(refused.length).toBeGreaterThanOrEqual(allowed.length);
});
