import type { Coverage, EntryCoverage, Extent, Level, LoweredBy, RuleFound, SafeguardFound } from "../coverage";

export const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  provides: "provides",
  contributes: "contributes",
  yours: "yours to do",
};

export const EXTENT_WORDS: Readonly<Record<Extent, string>> = {
  whole: "holds",
  partial: "holds in part",
  absent: "is not there",
};

/** What every report begins with: it claims no more than this. */
export const CLAIM =
  "These lists name risks, outcomes and layers. Nothing here is a certificate: each entry is what the resources of this output show, and what they leave to you.";

export function headline({ agents, day, trustDomain }: Coverage): string {
  return `Coverage of ${trustDomain} on ${day}, ${counted(agents.length, "agent")}`;
}

/** `2 provides, 7 contributes, 1 all yours`: something of the others is yours too */
export function levelCounts(entries: readonly EntryCoverage[]): string {
  const count = (level: Level): number => entries.filter((entry) => entry.level === level).length;
  return `${count("provides")} provides, ${count("contributes")} contributes, ${count("yours")} all yours`;
}

export function entryHead({ label, title, parts }: EntryCoverage): string {
  return `${label} ${title}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}

/** What holds an entry below _provides_, and who answers for it */
export function loweredText(
  { finding, acknowledged }: LoweredBy,
  told: (text: string) => string = (text) => text,
): string {
  return acknowledged === undefined
    ? told(finding)
    : `${told(finding)}, acknowledged by ${told(acknowledged.owner)} until ${acknowledged.expires}`;
}

/** Why a safeguard holds, and for which agents it does not */
export function extentText({ extent, missing, holds, lacks }: SafeguardFound): string {
  const parts = [EXTENT_WORDS[extent]];
  if (missing.length > 0) parts.push(`missing: ${missing.join("; ")}`);
  if (holds.size > 0) parts.push(`for ${counted(holds.size, "agent")}`);
  if (lacks.size > 0) parts.push(`not for ${counted(lacks.size, "agent")}`);
  if (extent === "absent" && missing.length === 0 && lacks.size === 0) parts.push("applies to no agent");
  return parts.join(", ");
}

export function ruleText({ looked, refused, acknowledged }: RuleFound): string {
  const found = refused.length === 0 ? "nothing refused" : `${counted(refused.length, "finding")} refused`;
  const known = acknowledged.length === 0 ? [] : [`${acknowledged.length} acknowledged`];
  return [found, ...known, looked === 0 ? "nothing of its kind" : `looked at ${looked}`].join(", ");
}

/** All addresses of a safeguard, those of the platform first */
export function addresses({ platform, holds }: SafeguardFound): readonly string[] {
  return [...new Set([...platform, ...[...holds.values()].flat()])];
}

export function counted(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}

/** The first so many, and how many there are besides */
export function firstOf(texts: readonly string[], most: number): readonly string[] {
  return texts.length <= most ? texts : [...texts.slice(0, most), `and ${texts.length - most} more`];
}
