import type { LogIndex } from "../../../../cli/audit/log-index";
import { stepsOf } from "../../../../cli/audit/trace/story";
import { commonFacts } from "../../../../cli/audit/trace/summary";
import { transactionOf } from "../../../../cli/audit/trace/transaction";
import type { PlacedRecord } from "../../../../cli/audit/verified-records";

const COUNT = 200_000;
const bytes = Buffer.alloc(0);

test("a transaction is told however many records its agent has made", async () => {
  const records = Array.from({ length: COUNT }, (_, index): PlacedRecord => {
    const facts = { agent: "support-triage", txn: "t" };
    const record = { version: "ambit.audit/2", writer: "w", sequence: index + 1, kind: "call.refused", facts } as const;
    return { index, bytes, record: { ...record, time: 1_796_000_000 + index } };
  });
  const index = { find: async (by: string) => (by === "txn" ? records : []) } as unknown as LogIndex;
  const found = await transactionOf(index, "t");
  expect(found).toHaveLength(COUNT);
  const log = { origin: "o", size: COUNT, root: "", witnesses: [] };
  expect(commonFacts({ txn: "t", steps: stepsOf(found, []), log })).toEqual([["agent", "support-triage"]]);
});
