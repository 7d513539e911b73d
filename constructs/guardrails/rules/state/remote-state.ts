import type { Json } from "../../../../domain";
import type { Block } from "../../block";
import { digestOf } from "../../finding";
import type { BlockRule } from "../../rule";
import { isSecretName } from "../../secrets";
import type { StackJson } from "../../stack";
import { blockOf, textOf } from "../../value";
import { oncePer } from "../../private/once-per";

/** States beside the own one are written by those who may deploy this stack too: cdktf refers to resources of other stacks by them. A configuration may hold keys, so findings tell its digest. */
export const remoteState: BlockRule = {
  id: "AMBIT-STATE-REMOTE",
  severity: "medium",
  what: "a stack must read no secret of another state, and no state that lies elsewhere than its own",
  why: "who writes that state decides what this stack deploys, and a secret in an output stands in both states",
  fix: "read the resource itself by its data source, or a secret by the identity of the workload that needs it",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI5", "sp800-53/AC-6"],
  looksAt: ["data.terraform_remote_state"],
  *check(block, stack) {
    const kind = textOf(block.body, "backend") ?? "local";
    const config = blockOf(block.body, "config") ?? {};
    const isBeside = stack
      .of(`backend.${kind}`)
      .some(({ body }) => PLACES.every((name) => (body[name] ?? null) === (config[name] ?? null)));
    if (!isBeside) yield { what: kind, at: "backend", evidence: [kind, digestOf(config as Json)] };
    for (const output of outputsOf(block, stack))
      if (isSecretName(output)) yield { what: `outputs.${output}`, at: "", evidence: output };
  },
};

/** What says where a backend keeps states, apart from the name of the one state */
const PLACES = [
  "address",
  "bucket",
  "container_name",
  "endpoint",
  "endpoints",
  "hostname",
  "organization",
  "region",
  "schema_name",
  "storage_account_name",
];

/** Outputs that the stack reads of a state */
function outputsOf({ name }: Block, stack: StackJson): Iterable<string> {
  return outputsIn(stack).get(name) ?? [];
}

const OUTPUT = /data\.terraform_remote_state\.([\w-]+)(?:\[[^\]]*\])?\.outputs(?:\.|\[\\?")([\w-]+)/g;

/** Several states may be read, and going over all blocks for each would be quadratic. */
const outputsIn = oncePer((stack: StackJson): ReadonlyMap<string, ReadonlySet<string>> => {
  const outputs = new Map<string, Set<string>>();
  for (const text of [...stack.blocks.map(({ body }) => body), stack.locals].map((each) => JSON.stringify(each)))
    for (const [, state, output] of text.matchAll(OUTPUT))
      outputs.set(state as string, (outputs.get(state as string) ?? new Set<string>()).add(output as string));
  return outputs;
});
