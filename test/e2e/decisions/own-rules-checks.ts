import { deepStrictEqual as equal, ok } from "node:assert";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { App } from "cdktf";
import { OpaSidecar } from "../../../constructs/decision/opa-sidecar";
import { fleet } from "../../../fleet";
import { synthesized } from "../../support/app";
import { request } from "../../support/decisions/request";
import { newStack } from "../../support/synth";
import { succeed } from "../harness/process";
import type { Check, Suite } from "../harness/suite";

const RULE = [
  "package ambit.custom",
  "",
  'deny contains "custom.reads" if {',
  '\tinput.call.action == "read"',
  '\tinput.task == "answer"',
  "}",
].join("\n");

/** Own rules that are refused: a line of the rule replaced, the line at which OPA finds it, and what it says */
const REFUSED: readonly (readonly [line: number, text: string, said: RegExp])[] = [
  [4, "\tinput.call.action == read", /:4: var read is unsafe/],
  [4, "\tunused := input.call.action", /:4: assigned var unused unused/],
  [
    4,
    '\thttp.send({"method": "GET", "url": "https://acme.example"}).status_code == 200',
    /:4: undefined function http\.send/,
  ],
  [4, "\ttime.now_ns() > 0", /:4: undefined function time\.now_ns/],
  [4, "\topa.runtime().env.HOME", /:4: undefined function opa\.runtime/],
  [3, "deny contains if {", /:3: /],
];

/** Rules of the platform's own, compiled at synth by the real OPA. */
export function ownRulesChecks(suite: Suite, opa: Check<string>, folder: string): void {
  const compiled = suite.check("own rules: a sound one is shipped, and refuses", [opa], async ([program]) => {
    const archive = bundleWith(program, rulesIn(folder, RULE));
    const bundle = join(folder, "bundle.tar.gz");
    const input = join(folder, "input.json");
    writeFileSync(bundle, archive);
    writeFileSync(input, JSON.stringify(request({ revisionSeen: 0 })));
    const query = "data.ambit.decision.result.reasons";
    const args = ["eval", "--bundle", bundle, "--input", input, "--format=values", query];
    equal(JSON.parse((await succeed(program, args)).stdout), [["custom.reads"]]);
  });

  suite.check("own rules: what does not compile fails synth with file and line", [opa, compiled], ([program], note) => {
    for (const [line, text, said] of REFUSED) {
      const lines = RULE.split("\n");
      lines[line - 1] = text;
      const rules = rulesIn(folder, lines.join("\n"));
      const message = refusalOf(() => bundleWith(program, rules));
      const place = `rules must compile: ${relative(process.cwd(), join(rules, "own.rego"))}`;
      ok(message.includes(place) && said.test(message), `${text}: ${message}`);
    }
    note(`${REFUSED.length} refused`);
  });
}

function rulesIn(folder: string, text: string): string {
  const rules = join(folder, "rules");
  mkdirSync(rules, { recursive: true });
  writeFileSync(join(rules, "own.rego"), `${text}\n`);
  return rules;
}

function bundleWith(program: string, rules: string): Buffer {
  const before = process.env.AMBIT_OPA;
  process.env.AMBIT_OPA = program;
  try {
    const stack = newStack();
    new OpaSidecar(stack, "Opa", { fleet, rules });
    return synthesized(App.of(stack) as App, (outdir) => readFileSync(join(outdir, "ambit", "bundle.tar.gz")));
  } finally {
    if (before === undefined) delete process.env.AMBIT_OPA;
    else process.env.AMBIT_OPA = before;
  }
}

function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the rules must be refused, and were taken");
}
