import { own } from "../../domain";
import type { Unknown } from "../change";
import { brief } from "../reach/declared/brief";
import type { Registry } from "../reach/declared/registry";
import type { Derived } from "./registry-facts";

/**
 * What a registry says of an agent and does not follow from its declarations: who wrote it may have written the rest.
 *
 * @param derived of the same agent
 */
export function misstated(registry: Registry, name: string, derived: Derived): readonly Unknown[] {
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
