import { longestCredential, own, riskOf } from "../../domain";
import { type HorizonFacts, horizonFacts, horizonFrom } from "../../domain/rules/horizon";
import { type Registry, brief } from "../reach/declared/registry";
import type { Horizon, Risk } from "../review";
import type { Unknown } from "../change";

/** Facts that follow from the declarations of one agent, as synth writes them */
export interface DeclarationFacts {
  readonly risk: Risk;
  /** Longest first; undefined if more agents take its work than are followed */
  readonly horizon: readonly Horizon[] | undefined;
  readonly longestCredentialSeconds: number;
}

/** Delegates of one agent, direct and indirect: honest fleets stay far below. */
const MOST_DELEGATES = 1_000;

/** @returns undefined if the registry has no such agent */
export function declarationFacts(registry: Registry, name: string): DeclarationFacts | undefined {
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

/**
 * Facts in a registry that contradict the agent's declarations: the author may have written the rest by hand too.
 *
 * @param derived of the same agent
 */
export function misstatements(registry: Registry, name: string, derived: DeclarationFacts): readonly Unknown[] {
  const agent = own(registry.agents, name);
  if (agent === undefined) return [];
  const at = `registry/agents.${name}`;
  const { risk, revocationHorizon, longestCredentialSeconds } = agent;
  const unknown = (what: string, says: string, follows: string, key: string): Unknown => ({
    what,
    why: `the registry says ${says}, its declarations make ${follows}: synthesize again`,
    source: { address: `${at}.${key}` },
  });
  const { horizon } = derived;
  return [
    ...(risk.score === derived.risk.score && risk.tier === derived.risk.tier
      ? []
      : [unknown("its risk", riskText(risk), riskText(derived.risk), "risk")]),
    ...(horizon !== undefined && horizonText(revocationHorizon) === horizonText(horizon)
      ? []
      : [
          horizon === undefined
            ? { ...unknown("what works after a kill", "", "", "revocationHorizon"), why: ENDLESS }
            : unknown(
                "what works after a kill",
                brief(horizonText(revocationHorizon)),
                horizonText(horizon),
                "revocationHorizon",
              ),
        ]),
    ...(longestCredentialSeconds === derived.longestCredentialSeconds
      ? []
      : [
          unknown(
            "its longest credential",
            `${longestCredentialSeconds} s`,
            `${derived.longestCredentialSeconds} s`,
            "longestCredentialSeconds",
          ),
        ]),
  ];
}

const ENDLESS = "more agents take its work than are followed: hand work to fewer of them";

function riskText({ score, tier }: { readonly score: number; readonly tier: string }): string {
  return `${score} (${brief(tier)})`;
}

function horizonText(paths: readonly { readonly path: string; readonly seconds: number }[]): string {
  return paths.map(({ path, seconds }) => `${path} ${seconds} s`).join(", ") || "nothing";
}
