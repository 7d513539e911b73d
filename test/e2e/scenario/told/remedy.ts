import type { PolicyDocument } from "../../../../domain";
import { Explainer } from "../../../../cli/dev/watch/explainer";
import { fleet } from "../../../../fleet";
import { synthesize } from "../../../support/example-app";
import type { OneNode } from "../../cluster/one-node";
import { until } from "../../harness/until";

/** Lines are written together, and the node reads them a moment later. */
const LOGGED_SECONDS = 30;
const NAMESPACE = "ambit-system";
/** Where each writes what it was asked, and why it refused */
const LOGS = {
  exchange: { part: "ambit-exchange", container: "exchange" },
  opa: { part: "ambit-opa", container: "opa" },
} as const;

/** What would have allowed the last request that was refused for these codes, as `ambit explain` says of that line of the log */
export async function remedyOf(
  on: OneNode,
  decidedBy: keyof typeof LOGS,
  codes: readonly string[],
): Promise<readonly string[]> {
  const found = { lines: 0, line: "" };
  const look = async (): Promise<boolean> => {
    const lines = await linesOf(on, decidedBy);
    const telling = lines.filter((line) => codes.every((code) => line.includes(`"${code}"`)));
    Object.assign(found, { lines: lines.length, line: telling.at(-1) ?? "" });
    return found.line !== "";
  };
  await until(look, LOGGED_SECONDS, () => `of ${found.lines} lines of ${decidedBy} none has ${codes.join(", ")}`);
  const { line } = found;
  const failures: string[] = [];
  const explainer = new Explainer(fleet, JSON.parse(synthesize().policy) as PolicyDocument, (why) =>
    failures.push(why),
  );
  const { remedy } = await explainer.ofLine(JSON.parse(line) as never, codes);
  if (remedy?.possible !== true)
    throw new Error(`${line} is not explained: ${JSON.stringify(remedy)} ${failures.join()}`);
  return remedy.changes;
}

async function linesOf(on: OneNode, decidedBy: keyof typeof LOGS): Promise<readonly string[]> {
  const { part, container } = LOGS[decidedBy];
  const label = `app.kubernetes.io/name=${part}`;
  const { code, stdout, tail } = await on.kubectl(["logs", "-n", NAMESPACE, "-l", label, "-c", container, "--tail=-1"]);
  if (code !== 0) throw new Error(`the log of ${part} is not read: ${tail}`);
  return stdout.split("\n").filter((line) => line.startsWith("{"));
}
