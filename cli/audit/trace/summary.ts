import type { Step, Story } from "./story";

/** The whole story in a sentence */
export function summaryOf({ steps, cloudtrail }: Story): string {
  const [first, last] = [steps[0]?.at ?? 0, steps.at(-1)?.at ?? 0];
  const agents = new Set(
    steps.flatMap(({ facts }) => facts.filter(([name]) => name === "agent").map(([, value]) => value)),
  );
  const count = (state: string): number => steps.filter((step) => step.state === state).length;
  const wrong = (cloudtrail?.found.counts ?? []).reduce((sum, [, found]) => sum + found, 0);
  const unaccounted = steps.filter((step) => step.unaccounted !== undefined).length;
  const parts = [
    `${numbered(steps.length, "step")} in ${last - first} s from ${timeText(first)}`,
    ...(agents.size === 0 ? [] : [`by ${[...agents].join(", ")}`]),
    ...(count("refused") === 0 ? [] : [`${count("refused")} refused or failed`]),
    ...(count("stopped") === 0 ? [] : ["stopped by people"]),
    ...(unaccounted === 0 ? [] : [`${numbered(unaccounted, "step")} that no record accounts for`]),
    ...(wrong === 0 ? [] : [`${numbered(wrong, "finding")} in CloudTrail's files`]),
  ];
  return parts.join("; ");
}

type Facts = Step["facts"];

/** Whose run it is */
const OF_RUN = new Set(["agent", "run", "sid", "spiffeId", "task", "user"]);

/** Of the run, what is the same in all steps that say it, of at least two: it is shown once */
export function commonFacts({ steps }: Story): Facts {
  const values = new Map<string, string[]>();
  const facts = steps.flatMap((step) => step.facts).filter(([name]) => OF_RUN.has(name));
  for (const [name, value] of facts) {
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return [...values].flatMap(([name, [first = "", ...others]]) =>
    others.length > 0 && others.every((other) => other === first) ? [[name, first] as const] : [],
  );
}

/** What is left of a step's facts */
export function ownFacts({ facts }: Step, common: Facts): Facts {
  return facts.filter(([name]) => !common.some(([known]) => known === name));
}

export function timeText(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
}

function numbered(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
