import type { Rule } from "../../constructs/guardrails/rule";
import { RULES } from "../../constructs/guardrails/rules";
import { type ControlId, type Standard, type StandardId, STANDARDS } from "../../domain/standards";
import type { Coverage, EntryCoverage, LoweredBy, RuleFound, SafeguardFound } from "./coverage";
import { found } from "./found";
import { judgedRules } from "./judged-rules";
import type { Output } from "./output";
import type { Claim, Safeguard } from "./safeguard";
import { SAFEGUARDS } from "./safeguards";
import { isAboutUnseen } from "./unseen";
import { YOURS } from "./yours";

export interface CoverageProps {
  /** @default SAFEGUARDS */
  readonly safeguards?: readonly Safeguard[];
  /** @default RULES */
  readonly rules?: readonly Rule[];
}

/** What of each standard this output provides and contributes to. What it does not show is the customer's. */
export function coverageOf(output: Output, { safeguards = SAFEGUARDS, rules = RULES }: CoverageProps = {}): Coverage {
  const shown = new Map(found(safeguards, output).map((safeguard) => [safeguard.id, safeguard]));
  const judged = judgedRules(output, rules);
  const claims = claimsByControl(safeguards, shown);
  const citing = rulesByControl(judged);
  const unseen = judged.filter(isAboutUnseen);
  const standards = (Object.entries(STANDARDS) as [StandardId, Standard][]).map(([id, { controls, suffix = "" }]) => ({
    id,
    entries: Object.entries(controls).map(([key, title]) => {
      const control = `${id}/${key}` as ControlId;
      const named = { control, label: `${key}${suffix}`, title };
      return { ...named, ...entry(control, claims.get(control) ?? [], citing.get(control) ?? [], unseen, shown) };
    }),
  }));
  return {
    day: output.day,
    trustDomain: output.registry.trustDomain,
    agents: output.agents.map(({ name }) => name),
    safeguards: [...shown.values()],
    rules: judged,
    standards,
  };
}

/** A claim with what the output shows of its safeguard */
interface Claimed {
  readonly claim: Claim;
  readonly by: SafeguardFound;
}

type Shown = ReadonlyMap<string, SafeguardFound>;

function entry(
  control: ControlId,
  claimed: readonly Claimed[],
  rules: readonly RuleFound[],
  unseen: readonly RuleFound[],
  shown: Shown,
): Omit<EntryCoverage, "control" | "label" | "title"> {
  const holding = claimed.filter(({ by }) => by.extent !== "absent");
  const providing = holding.filter((each) => isWhole(each, shown));
  const clean = rules.filter(isClean);
  const lowered = providing.length === 0 ? [] : [...new Set([...rules, ...unseen])].flatMap(loweredBy);
  const isProvided = providing.length > 0 && lowered.length === 0;
  const level = isProvided ? "provides" : holding.length + clean.length > 0 ? "contributes" : "yours";
  const open = claimed.filter(({ by }) => by.missing.length > 0 || by.lacks.size > 0).map(({ by }) => by.id);
  return {
    level,
    parts: isProvided ? [...new Set(providing.map(({ claim }) => claim.part ?? ""))] : [],
    lowered,
    by: holding.map(({ by }) => by.id),
    rules: clean.map(({ id }) => id),
    open: [...open, ...rules.filter((rule) => !isClean(rule)).map(({ id }) => id)],
    yours: yoursOf(control, claimed),
  };
}

function isClean({ refused }: RuleFound): boolean {
  return refused.length === 0;
}

function loweredBy({ refused, acknowledged }: RuleFound): readonly LoweredBy[] {
  return [
    ...refused.map((finding) => ({ finding })),
    ...acknowledged.map(({ finding, owner, expires }) => ({ finding, acknowledged: { owner, expires } })),
  ];
}

/** Provided only while it holds for every agent, with all that it needs beside it. */
function isWhole({ claim, by }: Claimed, shown: Shown): boolean {
  const others = claim.with ?? [];
  return (
    claim.level === "provides" && [by, ...others.map((id) => shown.get(id))].every((one) => one?.extent === "whole")
  );
}

const NOTHING_SHOWN = "all of it: nothing in a synthesized folder shows it";

function yoursOf(control: ControlId, claimed: readonly Claimed[]): readonly string[] {
  const own = YOURS[control];
  if (own !== undefined) return [own];
  const texts = new Set(claimed.map(({ by }) => by.yours));
  return texts.size === 0 ? [NOTHING_SHOWN] : [...texts];
}

function claimsByControl(safeguards: readonly Safeguard[], shown: Shown): ReadonlyMap<ControlId, readonly Claimed[]> {
  const claims = new Map<ControlId, Claimed[]>();
  for (const { id, claims: own } of safeguards) {
    for (const claim of own) {
      const known = claims.get(claim.control) ?? [];
      known.push({ claim, by: shown.get(id) as SafeguardFound });
      claims.set(claim.control, known);
    }
  }
  return claims;
}

function rulesByControl(rules: readonly RuleFound[]): ReadonlyMap<ControlId, readonly RuleFound[]> {
  const citing = new Map<ControlId, RuleFound[]>();
  for (const rule of rules) {
    for (const control of rule.standards) {
      const known = citing.get(control) ?? [];
      known.push(rule);
      citing.set(control, known);
    }
  }
  return citing;
}
