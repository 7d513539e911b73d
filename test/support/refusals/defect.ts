import type { Fleet } from "../../../constructs";

type Agents = Fleet["agents"];

function first(agents: Agents | undefined): string {
  return (agents as Agents)[0]!.name; // here
}

first(undefined);
