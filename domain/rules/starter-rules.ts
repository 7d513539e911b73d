import { refuse, shown } from "../errors";
import type { Fleet } from "../fleet";
import { declaredAt } from "../source-line";
import type { Starter } from "../starter";
import { checkSources } from "./source-rules";

/** What starters must satisfy together, and in this fleet */
export function checkStarters(fleet: Fleet): void {
  const { agents, starters } = fleet;
  const seen = new Map<string, Starter>();
  for (const starter of starters) {
    const other = seen.get(starter.name);
    if (other !== undefined) {
      const what = `another starter has this name${declaredAt(other)}`;
      refuse("name.duplicate", starter.where, `${what}: rename one${declaredAt(starter)}`);
    }
    seen.set(starter.name, starter);
    if (!agents.includes(starter.agent)) {
      const what = `it starts agent ${shown(starter.agent.name)}, which is not in the fleet`;
      refuse("starter.outside-fleet", starter.where, `${what}: add it to Fleet.of${declaredAt(starter)}`);
    }
  }
  checkSources(fleet);
}
