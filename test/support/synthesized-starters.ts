import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Starter } from "../../constructs";
import { EventStarter, ScheduleStarter, StarterIdentity } from "../../constructs/starters";
import { event, schedule } from "./starters";
import { newStack, platformWith, Template } from "./synth";

const folder = mkdtempSync(join(tmpdir(), "ambit-starter-"));
const code = join(folder, "starter.zip");
writeFileSync(code, "the code");
afterAll(() => rmSync(folder, { recursive: true }));

/** A path at which no code is */
export const NO_CODE = join(folder, "none.zip");

/** A stack with a starter of a schedule */
export function scheduled(starter: Starter = schedule(), changes: object = {}, platform = platformWith()): Template {
  const stack = newStack(platform);
  new ScheduleStarter(stack, "Starter", { starter, code, ...changes });
  return Template.of(stack);
}

/** A stack with a starter of events */
export function reacting(starter: Starter = event(), changes: object = {}): Template {
  const stack = newStack();
  new EventStarter(stack, "Starter", { starter, code, ...changes });
  return Template.of(stack);
}

/** A stack with keys and role of a starter */
export function identity(starter: Starter = schedule()): Template {
  const stack = newStack();
  new StarterIdentity(stack, "Starter", { starter });
  return Template.of(stack);
}
