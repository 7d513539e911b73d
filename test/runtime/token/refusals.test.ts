import type { Act } from "../../../runtime/audit/audit";
import { Refusal } from "../../../runtime/refusal/refusal";
import { StoreUnavailable } from "../../../runtime/store/store";
import { Refusals } from "../../../runtime/token/refusals";

const AGENT = "spiffe://prod.acme.example/ns/support/sa/support-triage";
const CALLER = { spiffeId: AGENT, confirmation: undefined, proof: undefined };

/** Refusals over a ledger whose first acts are not written */
function world(failures: number) {
  const acts: Act[] = [];
  const told: string[] = [];
  let asked = 0;
  const commit = async (act: Act): Promise<void> => {
    asked += 1;
    if (asked <= failures) throw new StoreUnavailable("the table is gone");
    acts.push(act);
  };
  const refusals = new Refusals({ commit }, (error) => void told.push((error as Error).message));
  const refused = (time: number, code: "caller.not-listed" | "scope.too-wide") => {
    const event = { kind: "token.refused", time, facts: { spiffeId: AGENT, codes: [code] } };
    return refusals.record(event, Refusal.of(code), CALLER);
  };
  return { refused, told, times: () => acts.map(({ event: { time } }) => time) };
}

test.each(["scope.too-wide", "caller.not-listed"] as const)(
  "of refusals with %s the first that is on record is the one that others are counted behind",
  async (code) => {
    const { refused, told, times } = world(2);
    for (const time of [100, 101, 102, 103]) await refused(time, code);
    expect([times(), told]).toEqual([[102], ["the table is gone", "the table is gone"]]);
  },
);

test("a refusal whose record is there is recorded once within a minute", async () => {
  const { refused, told, times } = world(0);
  for (const time of [100, 101, 102]) await refused(time, "scope.too-wide");
  expect([times(), told]).toEqual([[100], []]);
});
