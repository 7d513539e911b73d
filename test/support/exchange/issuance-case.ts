import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Value } from "../../../runtime/json";
import { type Edit, edited } from "../decisions/edit";

/** A request to `/token`, before times and references are filled in */
export interface Ask {
  /** Name in the fleet, or a SPIFFE ID */
  readonly agent: string;
  /** @default its certificate */
  readonly binding?: "none" | { readonly jti: string; readonly iat?: unknown };
  /** A list is sent as often as it has entries */
  readonly form: Readonly<Record<string, string | readonly string[]>>;
  /** The object of `authorization_details`; a text is sent as it is */
  readonly details?: unknown;
  /** Becomes `subject_token`: signed by one of the keys, or as it is */
  readonly evidence?: string | Evidence;
}

export interface Evidence {
  readonly by: "exchange" | "login" | "scheduler" | "stranger";
  readonly header: object;
  readonly claims: object;
}

/** What happens before, in order */
export type Step =
  | (Asking & { readonly as?: string; readonly refused?: readonly string[] })
  /** The gateway has people asked about a call with the token of this name; its handle is kept under another one. */
  | { readonly asks: string; readonly as: string; readonly arguments?: Readonly<Record<string, Value>> }
  /** A run begins without a token, by what is said of how its token would be asked for. */
  | ({ readonly begins: string; readonly as: string } & Pick<Asking, "change">)
  /** An answer that goes out */
  | { readonly answers: Ask["form"]; readonly agent: string }
  | { readonly pass: number }
  | { readonly revoke: { readonly kind: string; readonly id: unknown } }
  | { readonly decide: string; readonly verdict: "approved" | "refused"; readonly group: string; readonly by: string }
  | { readonly spend: string }
  | { readonly raise: object; readonly of: string }
  | { readonly revision: number }
  | { readonly edit: Readonly<Record<string, unknown>> }
  | { readonly seen: number }
  | { readonly bump: true }
  | { readonly fault: string };

export interface Asking {
  readonly base: string;
  readonly change?: Readonly<Record<string, unknown>>;
}

/** One row: what happens, and what comes of the last request */
export interface Row extends Asking {
  readonly name: string;
  readonly fleet?: "chain" | "example";
  readonly steps?: readonly Step[];
  readonly issued?: Issued;
  readonly refused?: { readonly error: string; readonly codes: readonly string[]; readonly more?: object };
}

export interface Issued {
  /** Some of its claims */
  readonly claims?: object;
  /** Claims that it lacks */
  readonly without?: readonly string[];
  /** Some members of the answer */
  readonly answer?: object;
  /** Seconds that the token lives */
  readonly life?: number;
  /** Seconds that the run still lasts */
  readonly runLife?: number;
}

/** One row of runs that begin without a token; its base says how a token would be asked for */
export interface RunRow extends Omit<Row, "issued"> {
  readonly begun?: RunOutcome;
  /** What comes of a request that joins a run */
  readonly joined?: RunOutcome;
}

export interface RunOutcome {
  /** Some members of the answer */
  readonly answer?: object;
  /** Seconds that the run still lasts */
  readonly runLife?: number;
  /** What is known then of its session */
  readonly session?: object;
}

/** One row of answers that are to go out */
export interface AnswerRow {
  readonly name: string;
  readonly steps: readonly Step[];
  /**
   * Who asks
   *
   * @default "desk"
   */
  readonly agent?: string;
  /** Parameters of the form; a list is sent as often as it has entries */
  readonly form: Ask["form"];
  /** What is known of the session then */
  readonly allowed?: object;
  readonly refused?: Row["refused"];
}

const CASES = join(__dirname, "../../cases/exchange");
const FOLDER = join(CASES, "issuance");
const BASES = "bases.json";
const FIELDS = ["name", "fleet", "base", "change", "steps"];

const bases = JSON.parse(readFileSync(join(FOLDER, BASES), "utf8")) as Readonly<Record<string, Ask>>;

/** Every row, by its file */
export function issuanceRows(): readonly (readonly [file: string, row: Row])[] {
  const files = readdirSync(FOLDER).filter((file) => file !== BASES && file.endsWith(".json"));
  const rows = files
    .sort()
    .flatMap((file) =>
      (JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as readonly Row[]).map(
        (row) => [basename(file, ".json"), row] as const,
      ),
    );
  for (const [file, row] of rows) checkFields(`${file}: ${row.name}`, row, FIELDS, ["issued", "refused"]);
  return rows;
}

export function runRows(): readonly RunRow[] {
  return ["runs.json", "joins.json"].flatMap((file) => {
    const rows = JSON.parse(readFileSync(join(CASES, file), "utf8")) as readonly RunRow[];
    for (const row of rows) checkFields(`${file}: ${row.name}`, row, FIELDS, ["begun", "joined", "refused"]);
    return rows;
  });
}

export function answerRows(): readonly AnswerRow[] {
  const rows = JSON.parse(readFileSync(join(CASES, "answers.json"), "utf8")) as readonly AnswerRow[];
  for (const row of rows) checkFields(row.name, row, ["name", "steps", "agent", "form"], ["allowed", "refused"]);
  return rows;
}

/** The request by which the run begins without a token: what is of tokens is left out of the base, and may be added by an edit. */
export function beginningOf({ base, change }: Asking, where: string): Ask {
  const { form, details, ...ask } = askOf({ base }, where);
  const { audience: _, ...parameters } = form;
  const { delegate: __, ...detail } = details as Readonly<Record<string, unknown>>;
  return changed({ ...ask, form: parameters, details: detail }, change, where);
}

/** The request that is asked, with its edits by path made, in a fashion as of decisions */
export function askOf({ base, change }: Asking, where: string): Ask {
  const known = bases[base];
  if (known === undefined)
    throw new Error(`${where}: no such base: ${base}, name one of ${Object.keys(bases).join(", ")}`);
  return changed(known, change, where);
}

function changed(ask: Ask, change: Asking["change"], where: string): Ask {
  const edits = Object.entries(change ?? {}).map(([path, value]): Edit => [path.split("/"), value]);
  return edited(ask, edits, where);
}

function checkFields(where: string, row: object, fields: readonly string[], outcomes: readonly string[]): void {
  const known = [...fields, ...outcomes];
  const unknown = Object.keys(row).find((field) => !known.includes(field));
  if (unknown !== undefined) throw new Error(`${where}: ${unknown} is unknown: write one of ${known.join(", ")}`);
  if (outcomes.filter((outcome) => Object.hasOwn(row, outcome)).length !== 1) {
    throw new Error(`${where}: write one of ${outcomes.join(", ")}`);
  }
}
