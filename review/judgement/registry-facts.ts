import { longestCredential, own, riskOf } from "../../domain";
import { type HorizonFacts, horizonFacts, horizonFrom } from "../../domain/rules/horizon";
import type { Registry } from "../reach/declared/registry";
import type { Horizon, Risk } from "../review";

/** What follows from the declarations of one agent, as synth would write it */
export interface Derived {
  readonly risk: Risk;
  /** Longest first; undefined where more agents take its work than are followed */
  readonly horizon: readonly Horizon[] | undefined;
  readonly longestCredentialSeconds: number;
}

/** Agents behind one: honest fleets stay far below. */
const MOST_DELEGATES = 1_000;

/** @returns undefined where the registry has no such agent */
export function derivedOf(registry: Registry, name: string): Derived | undefined {
  const agent = own(registry.agents, name);
  if (agent === undefined) return undefined;
  const { tier, score, reasons } = riskOf(registry, agent);
  return {
    risk: { tier, score, reasons: reasons.map(({ because }) => because) },
    horizon: horizonOf(registry, name),
    longestCredentialSeconds: longestCredential(registry, agent).seconds,
  };
}

function horizonOf(registry: Registry, name: string): readonly Horizon[] | undefined {
  let followed = 0;
  const factsOf = (agent: string): HorizonFacts<string> => {
    if (++followed > MOST_DELEGATES) throw new TooMany();
    return horizonFacts(registry, agent);
  };
  try {
    return horizonFrom(name, factsOf);
  } catch (error) {
    if (error instanceof TooMany) return undefined;
    throw error;
  }
}

class TooMany extends Error {}
