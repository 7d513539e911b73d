import { agentGaps, newAgentGaps, stateGap } from "./agent-gaps";
import { controlGaps } from "./control-gaps";
import { datasetGaps } from "./dataset-gaps";
import type { Gap } from "./gap";
import { peopleGaps } from "./people-gaps";
import { servingGaps } from "./serving-gaps";
import type { Side } from "./side";
import { toolGaps } from "./tool-gaps";
import { trustGaps } from "./trust-gaps";
import { workGaps } from "./work-gaps";

/** All that one agent may do in the wide registry and not in the narrow one */
export function gapsOf(narrow: Side | undefined, wide: Side | undefined): readonly Gap[] {
  if (wide === undefined) return [];
  if (narrow === undefined) return onceActive(wide, [...newAgentGaps(wide), ...rightGaps(undefined, wide, true)]);
  const changed = agentGaps(narrow, wide);
  const wakes = narrow.agent.state !== "active" && wide.agent.state === "active";
  // Whatever its tasks were: stopped, it could do nothing.
  if (wakes) return [stateGap(narrow, wide), ...changed, ...rightGaps(undefined, wide, true)];
  return onceActive(wide, [
    ...changed,
    ...trustGaps(narrow, wide),
    ...peopleGaps(narrow, wide),
    ...rightGaps(narrow, wide, false),
  ]);
}

function rightGaps(narrow: Side | undefined, wide: Side, isNew: boolean): readonly Gap[] {
  return [
    ...[...wide.works].flatMap(([key, work]) => {
      const before = narrow?.works.get(key);
      return [...workGaps(before, work, wide, isNew), ...controlGaps(before, work, wide.registry)];
    }),
    ...servingGaps(narrow, wide, isNew),
    ...toolGaps(narrow, wide),
    ...datasetGaps(narrow, wide),
  ];
}

/** What a stopped agent is given it may use when it is not stopped any more: who gives it should say so now. */
function onceActive({ agent: { state } }: Side, gaps: readonly Gap[]): readonly Gap[] {
  if (state === "active") return gaps;
  return gaps.map((gap) => ({ ...gap, witness: `${gap.witness}, once the agent is not ${state} any more` }));
}
