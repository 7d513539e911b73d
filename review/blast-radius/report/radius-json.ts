import { jsonFile } from "../../report/review-json";
import { printable } from "../../../domain/printable";
import { harmOf, totalHarm } from "../walk/harm";
import type { RankedAgent } from "./ranking";
import { type BlastRadius, isCertain, type ReachedThing } from "../blast-radius";
import { summary } from "./radius-words";

const VERSION = "ambit.blast-radius/1";

/**
 * For programs: `{ version, of, summary, harm, reached, identities, unknown }`, certain entries first, then the most
 * harmful.
 *
 * An entry that is not `certain` has a reason in `unknown`. `lastsSeconds` is null if no kill ends it, `sensitivity` if it is not declared.
 */
export function jsonRadius(radius: BlastRadius): string {
  const { of, reached, identities, unknown } = radius;
  return jsonFile({
    version: VERSION,
    of,
    summary: summary(radius, printable),
    harm: totalHarm(reached),
    reached: reached.map(reachedEntry),
    identities: identities.map(({ name, kind, how, hop, route, unknown: why }) => ({
      name,
      kind,
      how,
      hop,
      route,
      certain: why === undefined,
      ...(why !== undefined && { unknown: why }),
    })),
    unknown,
  });
}

function reachedEntry(reached: ReachedThing): object {
  const { kind, target, does, by, as, hop, route, gate, bounds, example, sensitivity, lasting, unknown, source } =
    reached;
  return {
    kind,
    target,
    does,
    by,
    as,
    hop,
    route,
    gate,
    bounds,
    ...(example !== undefined && { example }),
    sensitivity: sensitivity?.name ?? null,
    highImpact: reached.isHigh,
    outward: reached.isOutward,
    writes: reached.writes,
    harm: harmOf(reached),
    lastsSeconds: lasting.seconds ?? null,
    because: lasting.because,
    certain: isCertain(reached),
    ...(unknown !== undefined && { unknown }),
    source,
  };
}

/** For programs: `{ version, agents }`, the agent with the largest reach first */
export function jsonRanking(ranked: readonly RankedAgent[]): string {
  return jsonFile({ version: VERSION, agents: ranked });
}
