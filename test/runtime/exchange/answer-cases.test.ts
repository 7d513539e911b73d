import { type AnswerRow, answerRows } from "../../support/exchange/issuance-case";
import { IssuanceRun } from "../../support/exchange/issuance-run";

const ROWS = answerRows();

async function played({ name, steps, agent = "desk", form }: AnswerRow) {
  const run = await IssuanceRun.of({ name, fleet: "chain", base: "ask", steps });
  await run.before();
  const refusal = await run.answer(form, agent);
  run.world.heal();
  const records = (await run.world.records()).filter(({ kind }) => kind.startsWith("answer."));
  return { run, refusal, records };
}

test.each(ROWS.filter(({ refused }) => refused === undefined).map((row) => [row.name, row] as const))(
  "%s",
  async (_, row) => {
    const { run, refusal, records } = await played(row);
    expect({ refusal, records }).toEqual({ refusal: undefined, records: [] });
    expect((await run.sessionOf("desk"))?.session).toMatchObject(row.allowed ?? {});
  },
);

test.each(ROWS.flatMap((row) => (row.refused === undefined ? [] : [[row.name, row, row.refused] as const])))(
  "%s",
  async (_, row, { error, codes }) => {
    const { run, refusal, records } = await played(row);
    expect({ error: refusal?.error, codes: refusal?.reasons.map(({ code }) => code) }).toEqual({ error, codes });
    expect(JSON.stringify(refusal?.reasons)).not.toContain("secret of the implementation");
    if (run.world.keepsRecords) expect(records).toMatchObject([{ kind: "answer.refused", facts: { codes } }]);
  },
);

test("more is refused than goes out, in names that say so", () => {
  const refused = ROWS.filter((row) => row.refused !== undefined);
  expect(refused.length).toBeGreaterThan(ROWS.length / 2);
  expect(ROWS.filter(({ name, refused: by }) => name.startsWith("fails when") !== (by !== undefined))).toEqual([]);
});
