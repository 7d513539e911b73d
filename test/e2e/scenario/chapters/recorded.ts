import { deepStrictEqual as equal, ok } from "node:assert";
import { unitsOf } from "../../../../domain/amount";
import type { AuditRecord } from "../../../../runtime/audit/audit";
import { STATE_TABLE } from "../../cluster/aws/account";
import type { Control } from "../../cluster/control-checks";
import { storeAt } from "../../exchange/state-table";
import { recordsIn } from "../../exchange/written-records";
import type { Check } from "../../harness/suite";
import { until } from "../../harness/until";
import { agentOf, linesOf, toldOf } from "../record/told";
import { REFUNDS } from "../refunds";
import type { Story } from "../story";
import { whoActs } from "../told/known";
import type { Decided } from "./decided";

const CHAPTER = "On record";
const AGENT = "refund-clerk";
const SECONDS = 120;
/** Who decides and who stops */
const PEOPLE: readonly string[] = ["carol", "olga"];

/** Of what must be there, each no earlier than the one before */
const IN_ORDER: readonly string[] = [
  "asks people about payments.refund",
  "carol of finance-controllers has approved",
  "payments.refund is let through",
  "payments.refund succeeded",
  "is stopped by olga",
  "payments.find is refused: agent.revoked",
];

/** What happened, as the exchange's table has it */
export function onRecord(story: Story, { aws, front }: Control, decided: Check<Decided>, killed: Check): Check {
  const read = story.scene(
    CHAPTER,
    "refund-clerk's acts since the refund are on record, without a gap",
    [aws, decided, killed],
    async ([account, { since }], tell) => {
      const store = storeAt(account.url, STATE_TABLE);
      let all: readonly AuditRecord[] = [];
      try {
        // Records of how calls ended come a moment after the answers.
        await until(
          async () => {
            all = withNames(await recordsIn(store), await whoActs(account, PEOPLE));
            return missing(all, since).length === 0;
          },
          SECONDS,
          () => `not on record: ${missing(all, since).join("; ")}; what is:\n${all.map(toldOf).join("\n")}`,
        );
      } finally {
        await store.close();
      }
      const ours = ofAgent(all, since);
      const first = IN_ORDER.map((said) => ours.find((record) => toldOf(record).includes(said))?.time ?? NaN);
      equal(
        first,
        [...first].sort((one, other) => one - other),
      );
      for (const { text, count } of linesOf(ours)) tell("recorded", text, count === 1 ? undefined : `${count} times`);
      const writers = new Set(all.map(({ writer }) => writer)).size;
      tell(
        "proven",
        `${all.length} records in all, of ${writers} processes: each process numbers its own, and no number is missing`,
      );
      return all;
    },
  );

  return story.scene(
    CHAPTER,
    "records hold neither tokens of the login nor arguments of calls",
    [front, read],
    ([{ login }, all], tell) => {
      const text = JSON.stringify(all);
      const refunds = Object.values(REFUNDS);
      const orders = refunds.map(({ order }) => order);
      const found = [...login.tokens, ...orders].filter((value) => text.includes(value));
      equal(found, []);
      ok(login.tokens.length > 0);
      tell(
        "proven",
        `Each of ${login.tokens.length} tokens of the login and ${orders.length} orders was searched for: none is there`,
      );
      const amounts = refunds.flatMap(({ amount }) => [String(amount), String(unitsOf(amount))]);
      equal(
        amounts.filter((amount) => new RegExp(`(?<![\\w-])${amount}(?![\\w-])`).test(text)),
        [],
      );
      tell("proven", "What an amount took from the budget of its day stands there under the user's key alone", "costs");
    },
  ) as Check;
}

/** Of one second, what comes of what: a record has no finer time, and each process numbers its own. */
const BY_CAUSE: readonly string[] = ["run.begun", "token.issued", "approval.requested", "approval.decided"];

function placeOf({ kind }: AuditRecord): number {
  const place = BY_CAUSE.indexOf(kind);
  return place < 0 ? BY_CAUSE.length : place;
}

/** In the order of time, from where the person decides */
function ofAgent(all: readonly AuditRecord[], since: number): readonly AuditRecord[] {
  return all
    .filter(({ time, facts }) => time >= since && agentOf(facts) === AGENT)
    .sort((one, other) => one.time - other.time || placeOf(one) - placeOf(other) || one.sequence - other.sequence);
}

/** Records name persons by their keys; the story tells who they are. */
function withNames(all: readonly AuditRecord[], names: ReadonlyMap<string, string>): readonly AuditRecord[] {
  return all.map((record) => {
    const name = names.get(String(record.facts["by"]));
    return name === undefined ? record : { ...record, facts: { ...record.facts, by: name } };
  });
}

function missing(all: readonly AuditRecord[], since: number): readonly string[] {
  const told = ofAgent(all, since).map(toldOf);
  return IN_ORDER.filter((said) => !told.some((text) => text.includes(said)));
}
