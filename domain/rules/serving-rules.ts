import type { AgentDeclaration } from "../agent";
import { refuse, shown } from "../errors";
import { mayPush } from "../pushes";
import { Way, type WayFacts } from "../serve";
import { overlapOf, placesOf } from "../serve-paths";
import { STARTS } from "../task";

const OUTSIDE = STARTS.filter((start) => start !== "agent");

/**
 * The ways in as a list, each under a name of its own.
 *
 * @throws DeclarationError `value.foreign`, `serving.malformed`, `serving.overlap`
 */
export function waysOf(serves: Way | readonly Way[] | undefined, where: string): readonly Way[] {
  const ways: readonly Way[] =
    serves === undefined ? [] : Array.isArray(serves) ? [...(serves as Way[])] : [serves as Way];
  for (const [index, way] of ways.entries()) {
    if (!(way instanceof Way)) {
      const sentence = "serves holds a value that was made by hand or by another copy of the package";
      refuse("value.foreign", where, `${sentence}: make it with Serve.http(…) or Serve.a2a(…)`);
    }
    for (const other of ways.slice(0, index)) partedFrom(way.facts, other.facts, where);
  }
  return ways;
}

/** What an agent serves must be there, and something outside must be able to start it. */
export function servesItsTasks({ where, ways, tasks }: AgentDeclaration): void {
  for (const { facts: way } of ways) {
    for (const name of way.tasks) {
      const task = tasks.get(name);
      if (task === undefined) {
        const known = [...tasks.keys()].join(", ");
        refuse(
          "serving.unknown-task",
          where,
          `${way.where} serves task ${shown(name)}, and the agent has ${known}: name one of them`,
        );
      }
      if (!task.startedBy.some((start) => start !== "agent")) {
        const sentence = `${way.where} serves task ${shown(name)}, which nothing outside may start (startedBy is agent)`;
        const fix = `add what starts it to startedBy (${OUTSIDE.join(", ")}), or take it out of the way in`;
        refuse("serving.never-started", where, `${sentence}: ${fix}`);
      }
      if (way.pushes !== undefined && !mayPush(task.tools, way.pushes)) {
        const named = `${way.pushes.tool.name}.${way.pushes.action.name}`;
        const sentence = `${way.where} pushes to ${named}, which task ${shown(name)} may not call`;
        refuse("serving.push", where, `${sentence}: grant it in the task's tools, or take pushes out of the way in`);
      }
    }
  }
}

/** A request must belong to one way in: another one has another sensitivity, another clearance and other tasks. */
function partedFrom(way: WayFacts, other: WayFacts, where: string): void {
  if (way.name === other.name) {
    refuse(
      "serving.malformed",
      where,
      `serves has two ways in named ${shown(way.name)}: give one of them another name`,
    );
  }
  const overlap = overlapOf(placesOf(way), placesOf(other));
  if (overlap !== undefined) {
    const sentence = `path ${shown(overlap[0])} of ${way.where} overlaps with ${shown(overlap[1])} of ${other.where}`;
    refuse("serving.overlap", where, `${sentence}: part the paths, or join the ways in`);
  }
}
