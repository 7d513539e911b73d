import { own, type Start } from "../../../domain";
import { brief, type Registry, type RegistryAgent } from "../../reach/declared/registry";
import type { Gap } from "./gap";
import { additions, type Side } from "../../reach/declared/side";

/** Issuers whose tokens start an agent's tasks. A new start of the agent is reported on its own. */
export function trustGaps(narrow: Side, wide: Side): readonly Gap[] {
  const had = startsOf(narrow.agent);
  const signed = [...startsOf(wide.agent)]
    .filter((start) => had.has(start))
    .flatMap((start) => {
      const [known, now] = [signersOf(narrow, start), signersOf(wide, start)];
      return now.filter((signer) => !known.some((one) => covers(one, signer))).map((signer) => gapOf(start, signer));
    });
  return [...signed, ...cleanGaps(narrow, wide), ...unstoppable(narrow, wide)];
}

/** Issuers whose orders only stop the agent */
function unstoppable({ registry: narrow }: Side, { registry: wide }: Side): readonly Gap[] {
  const { killSwitch } = narrow.trust;
  if (killSwitch === undefined || wide.trust.killSwitch !== undefined) return [];
  return [
    {
      kind: "enforcement",
      what: "no kill switch stops it",
      otherwise: `stopped by orders of ${brief(killSwitch.issuer)}`,
      witness: "a request of it after a finding, or an alarm, on what it does",
      at: "trust.killSwitch",
    },
  ];
}

interface Signer {
  readonly issuer: string;
  /** Where its keys are published, in words */
  readonly keys: string;
  readonly algorithm: string;
  /** Task of the agent; undefined if it starts every task of its kind */
  readonly task: string | undefined;
}

function startsOf({ tasks }: RegistryAgent): ReadonlySet<Start> {
  return new Set(Object.values(tasks).flatMap(({ startedBy }) => startedBy));
}

/** One for each algorithm, key and task: each is another way to sign */
function signersOf({ registry, name, agent }: Side, start: Start): readonly Signer[] {
  const { trust }: Registry = registry;
  const issuers =
    start === "user" ? trust.issuers : trust.starters.filter(({ starts }) => starts.some((each) => each === start));
  return issuers.flatMap((issuer) => {
    const { tasks } = issuer as { readonly tasks?: readonly string[] };
    const started = tasks === undefined ? [undefined] : ownTasks(tasks, name, agent, start);
    return keysOf(issuer).flatMap((keys) =>
      issuer.algorithms.flatMap((algorithm) =>
        started.map((task) => ({ issuer: issuer.issuer, keys, algorithm, task })),
      ),
    );
  });
}

function ownTasks(tasks: readonly string[], name: string, agent: RegistryAgent, start: Start): readonly string[] {
  const own = Object.entries(agent.tasks).filter(([, { startedBy }]) => startedBy.includes(start));
  return own.map(([task]) => task).filter((task) => tasks.includes(`${name}.${task}`));
}

/** A starter without keys is invalid and starts nothing. */
function keysOf({
  jwksUri,
  kms = [],
}: {
  readonly jwksUri?: string | undefined;
  readonly kms?: readonly string[] | undefined;
}) {
  return [...(jwksUri === undefined ? [] : [`at ${brief(jwksUri)}`]), ...kms.map((alias) => `in KMS: ${brief(alias)}`)];
}

function covers(one: Signer, other: Signer): boolean {
  const isSame = one.issuer === other.issuer && one.keys === other.keys && one.algorithm === other.algorithm;
  return isSame && (one.task === undefined || one.task === other.task);
}

function gapOf(start: Start, { issuer, keys, algorithm, task }: Signer): Gap {
  const signer = `${brief(issuer)} (${brief(algorithm)}, keys ${keys})`;
  const what = task === undefined ? "its tasks" : `task ${task}`;
  return {
    kind: "trust",
    what: `${what} may be started by ${start === "user" ? "users" : `the ${start}s`} of ${signer}`,
    witness: `a token of ${brief(issuer)}, signed ${brief(algorithm)} by a key ${keys}`,
    at: start === "user" ? "trust.issuers" : "trust.starters",
  };
}

/** An event that inherits no taint must not be one that the agent can cause. */
function cleanGaps(narrow: Side, wide: Side): readonly Gap[] {
  return Object.entries(wide.agent.tasks).flatMap(([task, { startedBy, cleanEvents = [] }]) => {
    const before = own(narrow.agent.tasks, task);
    if (before === undefined || !startedBy.includes("event")) return [];
    return additions(new Set(before.cleanEvents), new Set(cleanEvents)).map((issuer): Gap => {
      const starter = wide.registry.trust.starters.find((one) => one.issuer === issuer);
      const outside =
        starter?.outside === undefined ? "" : ` (its events are said to come from outside: ${brief(starter.outside)})`;
      return {
        kind: "enforcement",
        what: `an event of ${brief(issuer)} begins a clean session of task ${task}${outside}`,
        otherwise: "one that inherits all that the agent has held",
        witness: `an event of ${brief(issuer)} that the agent brought about after it had read untrusted or confidential data`,
        at: `agents.${wide.name}.tasks.${task}.cleanEvents`,
      };
    });
  });
}
