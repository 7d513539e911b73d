import { Sensitivity } from "../../../domain";
import { byText } from "../../../domain/by-text";
import type { BlastRadii } from "../blast-radii";
import { totalHarm } from "../walk/harm";
import { easiestWays } from "../walk/reached-union";
import type { BlastRadius, ReachedThing } from "../blast-radius";
import { duration, brief } from "../../report/text-parts";

/** One agent in the ranking of all agents */
export interface RankedAgent {
  readonly agent: string;
  readonly state: string;
  /** For comparing agents; not a measure of anything else */
  readonly harm: number;
  /** Other identities that it assumes, and agents that work for it */
  readonly identities: number;
  readonly datasets: number;
  /** Highest sensitivity of all data, AWS included; null if there is none */
  readonly sensitivity: string | null;
  readonly actions: number;
  /** Outward or high-impact actions without approval */
  readonly graveActions: number;
  readonly aws: number;
  readonly kubernetes: number;
  /** Null if no kill ends all of it */
  readonly lastsSeconds: number | null;
  /** Unknowns, and things that are only possible */
  readonly unknown: number;
}

/** Every agent, the largest reach first */
export function ranking(radii: BlastRadii): readonly RankedAgent[] {
  return radii.agents
    .flatMap((name) => radii.of(name) ?? [])
    .map(rankedOf)
    .sort((one, other) => other.harm - one.harm || other.unknown - one.unknown || byText(one.agent, other.agent));
}

function rankedOf({ of, reached, identities, unknown }: BlastRadius): RankedAgent {
  const things = easiestWays(reached);
  const kind = (wanted: ReachedThing["kind"]) => things.filter((one) => one.kind === wanted);
  const levels = reached.flatMap(({ sensitivity }) => sensitivity ?? []);
  const seconds = reached.filter((one) => !["network", "pod"].includes(one.kind)).map((one) => one.lasting.seconds);
  return {
    agent: of.name,
    state: of.state,
    harm: totalHarm(reached),
    identities: new Set(identities.map(({ name }) => name).filter((name) => name !== of.name)).size,
    datasets: new Set(kind("data").map(({ target }) => target)).size,
    sensitivity: levels.length === 0 ? null : Sensitivity.highest(levels).name,
    actions: kind("action").length,
    graveActions: kind("action").filter(({ isHigh, isOutward, gate }) => (isHigh || isOutward) && gate !== "approval")
      .length,
    aws: kind("aws").length,
    kubernetes: kind("kubernetes").length,
    lastsSeconds: seconds.includes(undefined) ? null : Math.max(0, ...(seconds as number[])),
    unknown: unknown.length + reached.filter((one) => one.unknown !== undefined).length,
  };
}

const COLUMNS = [
  "agent",
  "harm",
  "identities",
  "datasets",
  "up to",
  "actions",
  "grave",
  "aws",
  "kubernetes",
  "lasts",
  "unknown",
] as const;

/** Rows of a table, the header first */
export function rankingRows(ranked: readonly RankedAgent[]): readonly (readonly string[])[] {
  return [COLUMNS, ...ranked.map(rowOf)];
}

function rowOf(one: RankedAgent): readonly string[] {
  return [
    `${brief(one.agent)}${one.state === "active" ? "" : ` (${one.state})`}`,
    String(one.harm),
    String(one.identities),
    String(one.datasets),
    one.sensitivity ?? "-",
    String(one.actions),
    String(one.graveActions),
    String(one.aws),
    String(one.kubernetes),
    one.lastsSeconds === null ? "no end" : duration(one.lastsSeconds),
    String(one.unknown),
  ];
}
