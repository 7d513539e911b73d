import type { Guard } from "../../reach/kubernetes/admission/guards";
import type { Cluster } from "../../reach/kubernetes/cluster";
import { groupBy } from "../../group-by";
import type { Principal } from "../../reach/kubernetes/principal";
import { takes } from "../../reach/kubernetes/sets/selector";
import { type Gains, NOTHING } from "./fact-gains";

/** A guard of base that head weakens, and its state in head */
export interface LostGuard {
  readonly guard: Guard;
  readonly now?: Guard;
}

/** Guards of base for which head has none that refuses as much in the same place */
export function lostGuards(base: readonly Guard[], head: readonly Guard[]): readonly LostGuard[] {
  const byContext = groupBy(head, ({ context }) => context);
  return base
    .filter((guard) => !(byContext.get(guard.context) ?? []).some(({ refusals }) => refusesAll(refusals, guard)))
    .map((guard) => {
      const now = head.find(({ title }) => title === guard.title);
      return { guard, ...(now !== undefined && { now }) };
    });
}

function refusesAll(refusals: ReadonlySet<string>, guard: Guard): boolean {
  return [...guard.refusals].every((refusal) => refusals.has(refusal));
}

/** Requests that the cluster now accepts and refused before */
export function guardGains({ guard, now }: LostGuard): Gains {
  const missing = now === undefined ? [] : [...guard.refusals].filter((refusal) => !now.refusals.has(refusal));
  const gone = missing.length === 0 ? "acts elsewhere or otherwise than before" : `lacks: ${missing.sort().join("; ")}`;
  return {
    gains: [
      {
        kind: "enforcement",
        what: now === undefined ? `${guard.title} is enforced no more` : `${guard.title} ${gone}`,
        witness: missing[0] ?? `what ${guard.title} refused`,
        source: { address: (now ?? guard).object.address },
      },
    ],
    unknown: [],
  };
}

/** A new webhook modifies requests. */
export function writerGains(base: readonly Guard[], head: readonly Guard[]): Gains {
  const known = new Set(base.map(writtenOf));
  const writers = head.filter((guard) => guard.changes && !known.has(writtenOf(guard)));
  if (writers.length === 0) return NOTHING;
  return {
    gains: [],
    unknown: writers.map(({ title, object }) => ({
      what: `${title} modifies requests to the cluster`,
      why: "what it writes into pods is not known here",
      source: { address: object.address },
    })),
  };
}

function writtenOf({ context, refusals }: Guard): string {
  return JSON.stringify([context, [...refusals].sort()]);
}

/** Agents in the namespaces that it guards; all agents if those are unknown */
export function guardedPrincipals(
  guard: Guard,
  cluster: Cluster,
  principals: readonly Principal[],
): readonly Principal[] {
  const agents = principals.filter(({ isAgent }) => isAgent);
  const covered = agents.filter(({ accounts, pods }) =>
    [...accounts, ...pods].some(({ namespace }) => takes(guard.namespaces, cluster.labelsOf(namespace)) !== false),
  );
  return covered.length === 0 ? agents : covered;
}
