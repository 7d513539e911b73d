import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeAgents, judgeStack } from "../../../../constructs/guardrails/judge";
import { RULES } from "../../../../constructs/guardrails/rules";
import { StackJson } from "../../../../constructs/guardrails/stack";
import type { BlockBody } from "../../../../constructs/guardrails/value";
import type { RegistryDocument } from "../../../../domain";
import { Stopwatch } from "../../stopwatch";

/** Run by the bench in a process of its own: the guardrails alone, over what synth wrote */
const [folder] = process.argv.slice(2) as [string];
const stack = JSON.parse(readFileSync(join(folder, "stacks/agents/cdk.tf.json"), "utf8")) as BlockBody;
const registry = JSON.parse(readFileSync(join(folder, "ambit/registry.json"), "utf8")) as RegistryDocument;
const options = { rules: RULES, now: new Date("2026-12-01") };

const watch = new Stopwatch();
const ofStack = judgeStack(StackJson.of("agents", stack), options);
const ofAgents = judgeAgents(registry, options);
watch.lap("judge");
watch.readPeak();
const refused = [...ofStack.refused, ...ofAgents.refused].map(({ id, address }) => `${id} at ${address}`);
process.stdout.write(JSON.stringify({ ...watch.measures, refused }));
