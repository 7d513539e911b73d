import { printable } from "../../../domain/printable";
import { countText, listText, type Quote } from "../../../review/report/text-parts";
import type { Inventory } from "../inventory";

const STATES = ["suspended", "expired"] as const;
const TIERS = ["critical", "high", "medium", "low"] as const;

/** `prod.acme.example has 9 agents, 1 of them suspended: 5 of high, 3 of medium and 1 of low risk` */
export function fleetSentence({ trustDomain, agents }: Inventory, quoted: Quote = printable): string {
  const idle = STATES.flatMap((state) => {
    const count = agents.filter((agent) => agent.state === state).length;
    return count === 0 ? [] : `${count} ${state}`;
  });
  const tiers = TIERS.flatMap((tier) => {
    const count = agents.filter(({ risk }) => risk.tier === tier).length;
    return count === 0 ? [] : `${count} of ${tier}`;
  });
  const has = `${quoted(trustDomain)} has ${countText(agents.length, "agent", "agents")}`;
  return `${has}${idle.length === 0 ? "" : `, of them ${listText(idle)}`}${tiers.length === 0 ? "" : `: ${listText(tiers)} risk`}`;
}
