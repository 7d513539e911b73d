import type { Unknown } from "../change";
import type { Estate } from "../read/resource";

type Settings = Readonly<Record<string, unknown>>;

const PLAN = /(?:^|\/)plan\.json$/;

/** Providers, which decide where resources go, and plans, which fill in values that are not known yet */
export function surroundingUnknowns(base: Estate, head: Estate): readonly Unknown[] {
  return [...changedProviders(base, head), ...changedPlans(base, head)];
}

/** The same settings under another name are no change. */
function changedProviders(base: Estate, head: Estate): readonly Unknown[] {
  const known = new Set([...base.providers.values()].map(settingsText));
  return [...head.providers]
    .filter(([name, settings]) => !known.has(settingsText(settings)) || isMoved(base, name, settings))
    .map(([name]) => ({
      what: `the provider ${name}`,
      why: "its settings are new, or other ones, so that its resources may be in another account or cluster",
      source: { address: name },
    }));
}

function isMoved(base: Estate, name: string, settings: Settings): boolean {
  const before = base.providers.get(name);
  return before !== undefined && settingsText(before) !== settingsText(settings);
}

function settingsText({ alias: _, ...settings }: Settings): string {
  return JSON.stringify(settings);
}

/** The author of the change also wrote its plan, and apply makes another one. */
function changedPlans(base: Estate, head: Estate): readonly Unknown[] {
  return [...head.files]
    .filter(([path, digest]) => PLAN.test(path) && base.files.get(path) !== digest)
    .map(([path]) => ({
      what: `the plan ${path}`,
      why: "it is new, or another: what it fills in holds only if apply uses this very plan",
      source: { address: path },
    }));
}
