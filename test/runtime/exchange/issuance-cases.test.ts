import { Refusal } from "../../../runtime/refusal/refusal";
import { issuanceRows, type Row } from "../../support/exchange/issuance-case";
import { IssuanceRun, type Outcome } from "../../support/exchange/issuance-run";

const ROWS = issuanceRows();

test.each(ROWS.map(([file, row]) => [file, row.name, row] as const))("%s: %s", async (_file, _name, row) => {
  const run = await IssuanceRun.of(row);
  const outcome = await run.play();
  if (row.issued === undefined) expectRefused(run, row.refused as NonNullable<Row["refused"]>, outcome);
  else expectIssued(run, row.issued, outcome);
  await expectRecorded(run, row, outcome);
});

test("more is refused than issued, in names that say so", () => {
  const refused = ROWS.filter(([, { refused }]) => refused !== undefined);
  expect(refused.length).toBeGreaterThan(ROWS.length / 2);
  expect(ROWS.filter(([, { name, refused }]) => name.startsWith("fails when") !== (refused !== undefined))).toEqual([]);
});

function expectIssued(run: IssuanceRun, issued: NonNullable<Row["issued"]>, outcome: Outcome): void {
  if ("refusal" in outcome) throw outcome.refusal;
  const { answer, claims } = outcome;
  const { now } = run.world;
  expect(claims).toMatchObject(run.filled(issued.claims ?? {}) as object);
  expect(answer).toMatchObject(run.filled(issued.answer ?? {}) as object);
  expect(Object.keys(claims)).not.toEqual(expect.arrayContaining([...(issued.without ?? ["nothing"])]));
  expect(answer.expires_in).toBe(claims.exp - now);
  expect(claims.exp - now).toBeGreaterThan(0);
  if (issued.life !== undefined) expect(claims.exp - now).toBe(issued.life);
  const [{ run_expires_at: end }] = answer.authorization_details;
  if (issued.runLife !== undefined) expect(end - now).toBe(issued.runLife);
}

function expectRefused(run: IssuanceRun, refused: NonNullable<Row["refused"]>, outcome: Outcome): void {
  if (!("refusal" in outcome)) throw new Error(`a token was issued: ${JSON.stringify(outcome.claims)}`);
  const { error, reasons, more } = outcome.refusal;
  expect({ error, codes: reasons.map(({ code }) => code) }).toEqual({ error: refused.error, codes: refused.codes });
  expect(more).toMatchObject(run.filled(refused.more ?? {}) as object);
  expect(outcome.refusal).toBeInstanceOf(Refusal);
  expect(JSON.stringify({ reasons, more })).not.toContain("secret of the implementation");
}

/** What was issued is on record, and nothing else; the chain is sound, and no token is in it. */
async function expectRecorded(run: IssuanceRun, row: Row, outcome: Outcome): Promise<void> {
  run.world.heal();
  const records = await run.world.records();
  const last = records.at(-1);
  const text = JSON.stringify(records);
  expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/);
  const written = records.filter(({ kind }) => kind === "token.issued").length;
  if (row.refused?.codes.includes("store.unavailable") === true) return;
  expect(written).toBe(run.issued);
  if ("refusal" in outcome) {
    const codes = outcome.refusal.reasons.map(({ code }) => code);
    // Who sends a proof again could fill the audit with it.
    if (codes.includes("dpop.replayed")) expect(text).not.toContain("dpop.replayed");
    else if (run.world.keepsRecords) expect(last).toMatchObject({ kind: "token.refused", facts: { codes } });
    return;
  }
  const { claims } = outcome;
  expect(last).toMatchObject({
    kind: "token.issued",
    time: run.world.now,
    facts: {
      token: claims.jti,
      run: claims.run,
      txn: claims.txn,
      sid: claims.sid,
      audience: claims.aud,
      revision: expect.any(Number),
    },
  });
}
