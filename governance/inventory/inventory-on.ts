import type { CalendarDate } from "../../domain";
import type { InventoriedAgent, Inventory, PlacedAcknowledgement } from "./inventory";

/** The inventory as it stands on a day: synth settled states by its own clock, and a folder may be older. */
export function inventoryOn(inventory: Inventory, day: CalendarDate): Inventory {
  return {
    ...inventory,
    agents: inventory.agents.map((agent) => agentOn(agent, day)),
    acknowledged: inventory.acknowledged.map((one) => acknowledgedOn(one, day)),
  };
}

function agentOn(agent: InventoriedAgent, day: CalendarDate): InventoriedAgent {
  return {
    ...agent,
    state: hasCome(agent.expires, day) ? "expired" : agent.state,
    acknowledged: agent.acknowledged.map((one) => acknowledgedOn(one, day)),
  };
}

function acknowledgedOn(one: PlacedAcknowledgement, day: CalendarDate): PlacedAcknowledgement {
  return hasCome(one.expires, day) ? { ...one, ended: true } : one;
}

/** ISO days have the order of their texts. */
function hasCome(iso: string, { iso: today }: CalendarDate): boolean {
  return iso <= today;
}
