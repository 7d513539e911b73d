import type { Unknown } from "../change";
import type { Estate, Resource } from "../read/resource";

type Settings = Readonly<Record<string, unknown>>;

const PLAN = /(?:^|\/)plan\.json$/;

/** Providers, which decide where resources go, and plans, which fill in values that are not known yet */
export function surroundingUnknowns(base: Estate, head: Estate): readonly Unknown[] {
  return [...changedProviders(base, head), ...changedPlans(base, head)];
}

/** Equal settings under another name are no change. */
function changedProviders(base: Estate, head: Estate): readonly Unknown[] {
  const known = new Set([...base.providers.values()].map(settingsText));
  return [...head.providers]
    .filter(([name, settings]) => !known.has(settingsText(settings)) || isMoved(base, name, settings))
    .map(([name]) => ({
      what: `the provider ${name}`,
      why: "its settings are new or changed, so that its resources may be in another account or cluster",
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

/** The plan in head comes from the author of the change; apply makes a new one. */
function changedPlans(base: Estate, head: Estate): readonly Unknown[] {
  return [...head.files]
    .filter(([path, digest]) => PLAN.test(path) && base.files.get(path) !== digest)
    .map(([path]) => ({
      what: `the plan ${path}`,
      why: "it is new or changed: the values that it fills in hold only if apply uses exactly this plan",
      source: { address: path },
    }));
}

/** A tag of the principal, or of the resource */
const TESTED = /aws:(?:Principal|Resource)Tag\/([^"'},\s]+)/gi;
const POLICY = /policy|policies|document/;

/**
 * A tag that a policy tests grants or limits access. Tags are not evaluated: a changed value is unknown.
 */
export function tagUnknowns(base: Estate, head: Estate): readonly Unknown[] {
  const tested = new Set([...testedIn(base), ...testedIn(head)]);
  if (tested.size === 0) return [];
  return head.resources.flatMap((resource) => {
    const was = base.at(resource.address);
    if (was?.values === resource.values) return [];
    const before = tagsOf(was);
    return [...tagsOf(resource)]
      .filter(([key, value]) => tested.has(key.toLowerCase()) && before.get(key) !== value)
      .map(([key, value]) => ({
        what: `the tag ${key} of ${resource.address}`,
        why: `it is ${value}, was ${before.get(key) ?? "not there"}, and a policy tests it: read who gains by it`,
        source: { address: resource.address },
      }));
  });
}

function testedIn({ resources }: Estate): readonly string[] {
  return resources
    .filter(({ type }) => type.startsWith("aws_"))
    .flatMap(({ values }) => Object.entries(values))
    .filter((entry): entry is [string, string] => POLICY.test(entry[0]) && typeof entry[1] === "string")
    .flatMap(([, text]) => [...text.matchAll(TESTED)].map(([, key = ""]) => key.toLowerCase()));
}

function tagsOf(resource: Resource | undefined): ReadonlyMap<string, string> {
  const tags = resource?.values["tags"];
  if (typeof tags !== "object" || tags === null) return new Map();
  return new Map(Object.entries(tags).map(([key, value]) => [key, JSON.stringify(value)]));
}
