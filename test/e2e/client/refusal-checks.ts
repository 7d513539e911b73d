import { deepStrictEqual as equal } from "node:assert";
import { AmbitClient, AmbitRefused, type Run } from "../../../client/typescript/index";
import cases from "../../cases/client/refusals.json";
import type { Check, Suite } from "../harness/suite";
import type { Addresses } from "./client-world";

type Ask = readonly [what: string, name?: string, actions?: readonly string[]];

/** What a real exchange refuses through a real companion: the client of Python reads the same table. */
export function refusalChecks(suite: Suite, world: Check<Addresses>): void {
  for (const { name, at, task, start, evidence, ask, status, codes } of cases) {
    suite.check(`node: is refused ${name}`, [world], async ([env]) => {
      const client = new AmbitClient({ url: at === "reader" ? env.AMBIT_READER : env.AMBIT_SUPPORT });
      const proof = { foreign: env.AMBIT_FOREIGN_EVIDENCE, none: "a.b.c" }[evidence ?? ""] ?? env.AMBIT_EVIDENCE;
      const run = client.run(task, start === "agent" ? { start } : { start: "user", evidence: proof });
      const error = await asked(client, run, ask as unknown as Ask).catch((caught: unknown) => caught);
      if (!(error instanceof AmbitRefused)) throw new Error(`it was not refused: ${String(error)}`);
      equal({ status: error.status, codes: error.reasons.map(({ code }) => code) }, { status, codes });
      equal(
        error.reasons.filter(({ what, fix }) => what === "" || fix === ""),
        [],
      );
    });
  }
}

function asked(client: AmbitClient, run: Run, [what, name = "", actions]: Ask): Promise<unknown> {
  if (what === "token") return run.token(name, actions === undefined ? {} : { actions });
  if (what === "delegate") return run.delegate(name as `${string}.${string}`);
  if (what === "tool") return run.toolUrl(name);
  return what === "aws" ? run.awsCredentials()() : client.awsCredentials(name)();
}
