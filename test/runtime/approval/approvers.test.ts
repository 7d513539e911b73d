import { readApproval } from "../../../runtime/approval/approvals";
import cases from "../../cases/exchange/approvers.json";
import { type Asked, ApproversWorld, codeOf } from "../../support/exchange/approvers";
import { EPOCH, NOW } from "../../support/exchange/sessions";
import type { Members } from "../../support/tokens";

interface Row {
  readonly name: string;
  readonly asked?: Asked;
  /** Who approved before */
  readonly prior?: readonly string[];
  /** Claims other than Carol's */
  readonly person?: Members;
  readonly decide?: Members;
  /** Seconds after it was asked */
  readonly at?: number;
  /** A status, or the code that it is refused with */
  readonly gives: string;
}

const ROWS = cases as unknown as readonly Row[];
const isRefused = ({ gives }: Row): boolean => gives.includes(".");
const whose = (name: string): Members => ({ sub: name, email: `${name}@acme.example` });

describe("eligibility of approvers", () => {
  test.each(ROWS.map((row) => [row.gives, row.name, row] as const))("%s: %s", async (gives, _, row) => {
    const world = new ApproversWorld();
    const { id, digest } = await world.ask(row.asked);
    const body = { id, digest, verdict: "approved" };
    for (const name of row.prior ?? []) await world.post("decide", body, whose(name));
    world.now = NOW + (row.at ?? 1);
    const state = { store: world.store, epoch: EPOCH };
    const [before, told] = [await readApproval(state, id), world.events.length];
    const sent = Object.entries({ ...body, ...row.decide }).filter(([, value]) => value !== null);
    const named = sent.map(([name, value]) => [name, value === "the digest" ? digest : value]);
    const answer = await world.post("decide", Object.fromEntries(named), row.person);
    const after = await readApproval(state, id);
    if (isRefused(row)) {
      expect(codeOf(answer)).toBe(gives);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(after).toEqual(before);
      expect(world.events.slice(told).map(({ kind }) => kind)).not.toContain("approval.decided");
      return;
    }
    expect([answer.status, answer.json.status]).toEqual([200, gives]);
    expect(after?.version).toBe((before?.version ?? 0) + 1);
    expect(world.events.slice(told)).toHaveLength(1);
  });
});

test("the table refuses more often than not, and each code of a decision", () => {
  const refused = ROWS.filter(isRefused);
  expect(refused.length).toBeGreaterThan(ROWS.length / 2);
  expect(new Set(ROWS.map(({ name }) => name)).size).toBe(ROWS.length);
});
