import { markdown } from "../report";
import { failures, flatness, IN_FORCE, LIMITS, p50, p99, PLACES, type RevocationResult } from "./result";

type Rows = readonly (readonly string[])[];

/** From an order to the refusal of the next request */
export function refusalRows(result: RevocationResult): Rows {
  const rows = PLACES.flatMap((place) =>
    (["few", "many"] as const).map((size) => {
      const rounds = result.rounds[size][place];
      const late = p99(rounds);
      const force = IN_FORCE[size].toLocaleString("en");
      return [
        `refused at the ${place}, ${force} in force`,
        `${p50(rounds).toFixed(1)} ms`,
        `${late.toFixed(1)} ms`,
        `at most ${LIMITS.p99} ms`,
        held(late <= LIMITS.p99),
      ];
    }),
  );
  return [["from the order to the refusal", "p50", "p99", "limit of p99", ""], ...rows];
}

export function limitRows(result: RevocationResult): Rows {
  const flat = PLACES.map((place) => {
    const { median, lowest, highest } = flatness(result, place);
    const range = `${lowest.toFixed(2)} to ${highest.toFixed(2)}`;
    const { few, many } = IN_FORCE;
    const what = `at the ${place}, p50 with ${many.toLocaleString("en")} in force over ${few}`;
    return [what, median.toFixed(2), range, `at most ${LIMITS.flat}`, held(median <= LIMITS.flat)];
  });
  const failed = failures(result);
  const none = ["requests that were answered otherwise", `${failed}`, "", "0", held(failed === 0)];
  return [["", "", "min to max", "limit", ""], ...flat, none];
}

export const TABLES = [refusalRows, limitRows] as const;

/** Under which the figures were measured */
export function circumstances({ machine, busy, rounds }: RevocationResult): string {
  const [first] = rounds.few.gateway;
  const size = `${rounds.few.gateway.length} rounds of ${first?.milliseconds.length ?? 0} orders`;
  return `${machine}, load average ${busy.toFixed(1)} at the start, ${size} for each place`;
}

export function revocationText(result: RevocationResult): string {
  return [`${circumstances(result)}:`, ...TABLES.map((rows) => markdown(rows(result)))].join("\n\n");
}

function held(isMet: boolean): "met" | "missed" {
  return isMet ? "met" : "missed";
}
