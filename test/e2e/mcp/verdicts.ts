import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../harness/process";
import type { ConformanceProgram } from "./conformance-program";

const SECONDS = 240;

/** What failed of each scenario, or was not judged */
export type Verdicts = Readonly<Record<string, readonly string[]>>;

interface Result {
  readonly id: string;
  readonly status: string;
}

/**
 * @param asked of the conformance suite
 * @param folder for what it writes
 */
export async function verdictsOf(
  { node, script }: ConformanceProgram,
  asked: readonly string[],
  folder: string,
): Promise<Verdicts> {
  const { tail } = await run(node, [script, ...asked, "-o", folder], { timeoutSeconds: SECONDS });
  const found = readdirSync(folder).map((name) => {
    const scenario = /^(?:server-)?(.*)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(name)?.[1] ?? name;
    const results = JSON.parse(readFileSync(join(folder, name, "checks.json"), "utf8")) as readonly Result[];
    return [scenario, notPassed(results)] as const;
  });
  if (found.length === 0) throw new Error(`the conformance suite judged nothing:\n${tail}`);
  return Object.fromEntries(found);
}

/** A client or server that does nothing must not pass: what was left out counts, and so does that nothing was found right. */
function notPassed(results: readonly Result[]): readonly string[] {
  const failed = results.filter(({ status }) => status === "FAILURE").map(({ id }) => id);
  const skipped = results.filter(({ status }) => status === "SKIPPED").map(({ id }) => `${id} skipped`);
  const none = results.some(({ status }) => status === "SUCCESS") ? [] : ["nothing was judged"];
  return [...new Set([...failed, ...skipped, ...none])].sort();
}
