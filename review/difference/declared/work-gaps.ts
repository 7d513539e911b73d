import { own, type Start } from "../../../domain";
import { brief, type Registry, type RegistryEdge } from "../../reach/declared/registry";
import { boundsOf } from "./bounds-text";
import { accessOf, actionOf, placeOf, type Work } from "../../reach/declared/work";
import { type Gap, riseGap } from "./gap";
import { additions, labelOf, type Side, through } from "../../reach/declared/side";
import { STARTERS } from "../../reach/declared/agent-callers";

/** One piece of work: its starts, actions, data, time, and delegates */
export function workGaps(narrow: Work | undefined, wide: Work, side: Side, isNew: boolean): readonly Gap[] {
  return [
    ...placed(isNew && "late", startGaps(narrow, wide, side.name)),
    ...placed(isNew && "early", actionGaps(narrow, wide, side.registry)),
    ...placed(isNew && "early", dataGaps(narrow, wide, side.registry)),
    ...timeGaps(narrow, wide),
    ...edgeGaps(narrow, wide),
    ...chainGaps(narrow, wide, side.name),
  ];
}

/** For a new agent, what it can do is listed before its existence and its starts. */
function placed(place: Gap["place"] | false, gaps: readonly Gap[]): readonly Gap[] {
  return place === false || place === undefined ? gaps : gaps.map((gap) => ({ place, ...gap }));
}

/** For the agent's own work: other starts of a delegate belong to the delegate. */
function startGaps(narrow: Work | undefined, wide: Work, agent: string): readonly Gap[] {
  if (wide.chain.length > 0) return [];
  const starts = additions(narrow && new Set(narrow.task.startedBy), new Set(wide.task.startedBy)) as readonly Start[];
  return starts.map((start) => {
    return {
      kind: "trust",
      what: `${labelOf(wide)} may be started by ${STARTERS[start].who}`,
      witness: STARTERS[start].shows(`${agent}.${wide.start}`),
      at: `${wide.at}.startedBy`,
    };
  });
}

function actionGaps(narrow: Work | undefined, wide: Work, { tools }: Registry): readonly Gap[] {
  const label = labelOf(wide);
  return additions(narrow?.actions, wide.actions).map((name) => {
    const { tool, action } = actionOf(name);
    const { url = "an unknown address", actions } = own(tools, tool) ?? {};
    const called = own(actions, action);
    return {
      kind: "tool",
      what: [`${label} may call ${name}`, ...boundsOf(name, called, wide.task)].join(": "),
      ...((called?.impact === "high" || called?.outward === true) && { place: "first" as const }),
      witness: `${name} at ${brief(url)} in ${label}`,
      at: `${wide.at}.tools.${tool}`,
    };
  });
}

function dataGaps(narrow: Work | undefined, wide: Work, { datasets }: Registry): readonly Gap[] {
  const label = labelOf(wide);
  return additions(narrow?.data, wide.data).map((name) => {
    const { dataset, kind } = accessOf(name);
    const level = own(datasets, dataset)?.sensitivity ?? "of unknown sensitivity";
    return {
      kind: "action",
      what: `${label} may ${kind} ${dataset} (${level})`,
      witness: `${kind} of ${dataset} in ${label}`,
      at: `${wide.at}.data.${dataset}`,
    };
  });
}

function timeGaps(narrow: Work | undefined, wide: Work): readonly Gap[] {
  if (narrow === undefined) return [];
  return riseGap(narrow.ttlSeconds, wide.ttlSeconds, () => ({
    kind: "ttl",
    what: `${labelOf(wide)} runs for ${wide.ttlSeconds} s`,
    witness: `a token of ${labelOf(wide)}, ${narrow.ttlSeconds + 1} s after its start`,
    at: `${wide.at}.ttlSeconds`,
  }));
}

function edgeGaps(narrow: Work | undefined, wide: Work): readonly Gap[] {
  if (wide.chain.length > 0) return [];
  return Object.entries(wide.task.delegates).flatMap(([target, edge]) => {
    return edgeGap(own(narrow?.task.delegates, target), edge, target, wide);
  });
}

function edgeGap(narrow: RegistryEdge | undefined, wide: RegistryEdge, target: string, work: Work): readonly Gap[] {
  const at = `${work.at}.delegates.${target}`;
  if (narrow === undefined) {
    const { depth, sensitivity, ttlSeconds } = wide;
    const bounds = `depth ${depth}, up to ${sensitivity} data, ${ttlSeconds} s`;
    const what = `${labelOf(work)} hands work to ${target} (${bounds})`;
    return [{ kind: "delegation", what, witness: `a token of ${labelOf(work)} exchanged for one of ${target}`, at }];
  }
  return riseGap(
    narrow.depth,
    wide.depth,
    () => ({
      kind: "delegation",
      what: `work of ${labelOf(work)} through ${target} goes ${wide.depth} hops deep`,
      witness: `hop ${narrow.depth + 1} of a chain that begins with ${target}`,
      at: `${at}.depth`,
    }),
    "",
  );
}

/** For the whole chain, whichever edge changed */
function chainGaps(narrow: Work | undefined, wide: Work, agent: string): readonly Gap[] {
  const target = wide.chain.at(-1);
  if (target === undefined || wide.carries === undefined) return [];
  const at = `${placeOf(wide.chain.at(-2) ?? `${agent}.${wide.start}`)}.delegates.${target}`;
  if (narrow?.carries === undefined) {
    if (wide.chain.length === 1) return [];
    const what = `task ${wide.start} has work done by ${target}, handed on${through(wide.chain.slice(0, -1))}`;
    return [{ kind: "delegation", what, witness: `a token of ${target} in ${labelOf(wide)}`, at }];
  }
  if (narrow.carries.covers(wide.carries)) return [];
  return [
    {
      kind: "delegation",
      what: `${labelOf(wide)} may be handed ${wide.carries} data`,
      otherwise: `at most ${narrow.carries}`,
      witness: `${wide.carries} data handed to ${target} by ${labelOf(wide)}`,
      at,
    },
  ];
}
