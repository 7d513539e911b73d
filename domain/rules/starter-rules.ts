import { refuse, shown } from "../errors";
import type { Fleet } from "../fleet";
import { declaredAt } from "../source-line";
import type { Starter } from "../starter";
import { checkSources } from "./source-rules";

/** What starters must satisfy together, and in this fleet */
export function checkStarters(fleet: Fleet): void {
  const { agents, starters } = fleet;
  const seen = new Map<string, Starter>();
  const queues = new Map<string, Starter>();
  for (const starter of starters) {
    const other = seen.get(starter.name);
    if (other !== undefined) {
      const what = `another starter has this name${declaredAt(other)}`;
      refuse("name.duplicate", starter.where, `${what}: rename one${declaredAt(starter)}`);
    }
    seen.set(starter.name, starter);
    readsItsQueueAlone(starter, queues);
    if (!agents.includes(starter.agent)) {
      const what = `it starts agent ${shown(starter.agent.name)}, which is not in the fleet`;
      refuse("starter.outside-fleet", starter.where, `${what}: add it to Fleet.of${declaredAt(starter)}`);
    }
  }
  checkSources(fleet);
}

/** SQS gives each message to one consumer. */
function readsItsQueueAlone(starter: Starter, queues: Map<string, Starter>): void {
  const { occasion, where } = starter;
  if (occasion.start !== "event" || occasion.origin.kind !== "queue") return;
  const { queue } = occasion.origin;
  const other = queues.get(queue);
  if (other !== undefined) {
    const what = `another starter reads from.queue ${shown(queue)}${declaredAt(other)}, and each message would start one of the two`;
    refuse("starter.malformed", where, `${what}: give each a queue of its own${declaredAt(starter)}`);
  }
  queues.set(queue, starter);
}
