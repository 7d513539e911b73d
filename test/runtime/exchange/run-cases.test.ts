import { beginningOf, type RunOutcome, type RunRow, runRows } from "../../support/exchange/issuance-case";
import { type Begun, IssuanceRun } from "../../support/exchange/issuance-run";

const ROWS = runRows();

test.each(ROWS.map((row) => [row.name, row] as const))("%s", async (_, row) => {
  const run = await IssuanceRun.of(row);
  await run.before();
  const outcome = await run.begin(row);
  if (row.refused !== undefined) expectRefused(row.refused, outcome);
  else await expectGranted(run, row, outcome);
  await expectRecorded(run, outcome);
});

test("more is refused than begins, in names that say so", () => {
  const refused = ROWS.filter((row) => row.refused !== undefined);
  expect(refused.length).toBeGreaterThan(ROWS.length / 2);
  expect(ROWS.filter(({ name, refused: by }) => name.startsWith("fails when") !== (by !== undefined))).toEqual([]);
});

async function expectGranted(run: IssuanceRun, row: RunRow, outcome: Begun): Promise<void> {
  if ("refusal" in outcome) throw outcome.refusal;
  const { begun, joined } = outcome;
  const { answer, runLife, session } = (joined ? row.joined : row.begun) as RunOutcome;
  expect(begun).toMatchObject(run.filled(answer ?? {}) as object);
  expect(Object.keys(begun).sort()).toEqual(["run", "run_expires_at", "sid", "start", "task", "txn"]);
  expect(begun.run_expires_at).toBeGreaterThan(run.world.now);
  if (runLife !== undefined) expect(begun.run_expires_at - run.world.now).toBe(runLife);
  if (session !== undefined) {
    const stored = await run.sessionOf(beginningOf(row, row.name).agent);
    expect(stored?.session).toMatchObject(run.filled({ sid: begun.sid, ...session }) as object);
  }
}

function expectRefused({ error, codes }: NonNullable<RunRow["refused"]>, outcome: Begun): void {
  if (!("refusal" in outcome)) throw new Error(`a run began: ${JSON.stringify(outcome.begun)}`);
  const { refusal } = outcome;
  expect({ error: refusal.error, codes: refusal.reasons.map(({ code }) => code) }).toEqual({ error, codes });
  expect(JSON.stringify(refusal.reasons)).not.toContain("secret of the implementation");
}

/** What began is on record, and what was refused; no token is in it. */
async function expectRecorded(run: IssuanceRun, outcome: Begun): Promise<void> {
  run.world.heal();
  const records = await run.world.records();
  expect(JSON.stringify(records)).not.toMatch(/eyJ[\w-]+\.eyJ/);
  const last = records.at(-1);
  if ("begun" in outcome) {
    const { run: id, txn, sid, task, start, run_expires_at: runExpiresAt } = outcome.begun;
    expect(last).toMatchObject({
      kind: outcome.joined ? "run.joined" : "run.begun",
      time: run.world.now,
      facts: { run: id, txn, sid, task, start, runExpiresAt, revision: expect.any(Number), observed: [] },
    });
    expect(last?.facts).not.toHaveProperty("token");
    return;
  }
  const codes = outcome.refusal.reasons.map(({ code }) => code);
  if (codes.includes("dpop.replayed")) expect(JSON.stringify(records)).not.toContain("dpop.replayed");
  else if (run.world.keepsRecords) expect(last).toMatchObject({ kind: "run.refused", facts: { codes } });
}
