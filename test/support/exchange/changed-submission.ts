import type { FleetView } from "../../../runtime/registry/registry";

export interface Changes {
  /** By path, such as `denial.template` */
  readonly set: Readonly<Record<string, unknown>>;
  readonly append: Readonly<Record<string, string>>;
  readonly drop: readonly string[];
  /** SPIFFE ID, which stands for `<agent>` */
  readonly agent: string;
}

type Members = Record<string, unknown>;

/** The submission with members that are set, longer or left out */
export function pathed(body: Members, { set, append, drop, agent }: Changes): Members {
  const changed = structuredClone(body);
  for (const [path, value] of Object.entries(set)) {
    const [within, last] = placeOf(changed, path);
    within[last] = JSON.parse(JSON.stringify(value).replaceAll("<agent>", agent));
  }
  for (const [path, more] of Object.entries(append)) {
    const [within, last] = placeOf(changed, path);
    within[last] = `${String(within[last])}${more}`;
  }
  for (const path of drop) {
    const [within, last] = placeOf(changed, path);
    delete within[last];
  }
  return changed;
}

function placeOf(body: Members, path: string): readonly [within: Members, last: string] {
  const names = path.split(".");
  const last = names.pop() as string;
  return [names.reduce((at, name) => at[name] as Members, body), last];
}

/** The fleet where support-triage.refund asks this group, or no person */
export function approvedBy(fleet: FleetView | undefined, group: string | undefined): FleetView {
  if (fleet === undefined) throw new Error("there is no fleet");
  return {
    ...fleet,
    agentOf: (spiffeId) => {
      const agent = fleet.agentOf(spiffeId);
      const task = agent?.tasks.get("refund");
      if (agent === undefined || task?.approval === undefined) return agent;
      const approval = group === undefined ? undefined : { ...task.approval, group };
      return { ...agent, tasks: new Map([...agent.tasks, ["refund", { ...task, approval }]]) };
    },
  };
}
