import { byText } from "../../../domain/by-text";
import type { InventoriedAgent, Inventory } from "../inventory";

/** Who uses what: callers, agents by who hands work to them, and what they call, read and write, from left to right */
export interface FleetPicture {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
  readonly width: number;
  readonly height: number;
  /** Agents of lower risk that are not drawn */
  readonly left: number;
}

export interface PictureNode {
  readonly kind: "agent" | "caller" | "dataset" | "model" | "tool";
  readonly name: string;
  readonly x: number;
  /** Upper edge */
  readonly y: number;
  /** Of an agent */
  readonly agent?: InventoriedAgent;
}

export interface PictureEdge {
  /** Places of nodes in the list */
  readonly from: number;
  readonly to: number;
  readonly through: string;
}

export const BOX = { width: 220, height: 26 } as const;
const ROW = 34;
const TOP = 30;
const COLUMNS = { callers: 10, agents: 330, uses: 760 } as const;
const WIDTH = COLUMNS.uses + BOX.width + 10;
/** More than that has no reader: those with the highest risk are drawn. */
const MOST_AGENTS = 80;

const CALLERS = { user: "users", schedule: "schedules", event: "events" } as const;

type Key = `${PictureNode["kind"]} ${string}`;

interface Use {
  readonly from: Key;
  readonly to: Key;
  readonly through: string;
}

export function fleetPicture(inventory: Inventory): FleetPicture {
  const agents = mostRisky(inventory.agents);
  const drawn: ReadonlySet<string> = new Set(agents.map(({ name }) => name));
  const uses = agents.flatMap((agent) => usesOf(agent, drawn));
  const middle = inOrderOfWork(agents);
  const ends = (is: (key: Key) => boolean) => distinct(uses.flatMap(({ from, to }) => [from, to]).filter(is));
  const left = levelWith(
    ends((key) => key.startsWith("caller ")),
    uses,
    middle,
  );
  const right = levelWith(
    ends((key) => !/^(?:agent|caller) /.test(key)),
    uses,
    middle,
  );
  const rows = Math.max(left.length, middle.length, right.length, 1);
  const byName = new Map(agents.map((agent) => [agent.name, agent]));
  const nodes = [
    ...column(left, COLUMNS.callers, rows),
    ...column(middle, COLUMNS.agents, rows),
    ...column(right, COLUMNS.uses, rows),
  ].map(({ key, x, y }): PictureNode => {
    const [kind, name] = partsOf(key);
    const agent = kind === "agent" ? byName.get(name) : undefined;
    return { kind, name, x, y, ...(agent && { agent }) };
  });
  const places = new Map([...left, ...middle, ...right].map((key, at) => [key, at]));
  const edges = uses.map(({ from, to, through }) => ({
    from: places.get(from) as number,
    to: places.get(to) as number,
    through,
  }));
  return { nodes, edges, width: WIDTH, height: TOP + rows * ROW, left: inventory.agents.length - agents.length };
}

function mostRisky(agents: readonly InventoriedAgent[]): readonly InventoriedAgent[] {
  return [...agents]
    .sort((one, other) => other.risk.score - one.risk.score || byText(one.name, other.name))
    .slice(0, MOST_AGENTS)
    .sort((one, other) => byText(one.name, other.name));
}

function usesOf(agent: InventoriedAgent, drawn: ReadonlySet<string>): readonly Use[] {
  const from: Key = `agent ${agent.name}`;
  const callers = agent.ways.flatMap(({ name, starts, tasks }) =>
    starts.flatMap((start): Use[] => {
      const caller = start === "user" || start === "schedule" || start === "event" ? CALLERS[start] : undefined;
      return caller === undefined
        ? []
        : [{ from: `caller ${caller}`, to: from, through: `${name}: ${tasks.join(", ")}` }];
    }),
  );
  const handed = agent.delegatesTo.flatMap((to): Use[] => {
    const [name = ""] = to.split(".", 1);
    return drawn.has(name) ? [{ from, to: `agent ${name}`, through: to }] : [];
  });
  return [
    ...merged(callers),
    ...merged(handed),
    ...agent.tools.map(({ name, actions }): Use => ({ from, to: `tool ${name}`, through: actions.join(", ") })),
    ...merged(agent.models.map(({ name, model }): Use => ({ from, to: `model ${model}`, through: name }))),
    ...agent.data.map(({ name, kinds }): Use => ({ from, to: `dataset ${name}`, through: kinds.join(", ") })),
  ];
}

/** One edge for each pair */
function merged(uses: readonly Use[]): readonly Use[] {
  const known = new Map<string, Use>();
  for (const use of uses) {
    const key = JSON.stringify([use.from, use.to]);
    const before = known.get(key);
    known.set(key, before === undefined ? use : { ...use, through: `${before.through}; ${use.through}` });
  }
  return [...known.values()];
}

/** Agents that hand work on stand above those that get it, so that most arrows lead downwards. */
function inOrderOfWork(agents: readonly InventoriedAgent[]): readonly Key[] {
  const named = new Map(agents.map((agent) => [agent.name, agent]));
  const placed = new Set<string>();
  const place = (agent: InventoriedAgent): void => {
    if (placed.has(agent.name)) return;
    placed.add(agent.name);
    for (const to of agent.delegatesTo) {
      const next = named.get(to.split(".", 1)[0] as string);
      if (next !== undefined) place(next);
    }
  };
  [...agents].sort((one, other) => one.delegatedFrom.length - other.delegatedFrom.length).forEach(place);
  return [...placed].map((name): Key => `agent ${name}`);
}

/** What starts or is used stands level with the middle of its agents, which leaves few lines to cross. */
function levelWith(keys: readonly Key[], uses: readonly Use[], agents: readonly Key[]): readonly Key[] {
  const rows = new Map(agents.map((key, row) => [key, row]));
  const levels = new Map<Key, number[]>(keys.map((key) => [key, []]));
  for (const { from, to } of uses) {
    levels.get(to)?.push(rows.get(from) ?? 0);
    levels.get(from)?.push(rows.get(to) ?? 0);
  }
  const middle = (key: Key): number => {
    const known = levels.get(key) ?? [];
    return known.reduce((sum, row) => sum + row, 0) / Math.max(1, known.length);
  };
  return [...keys].sort((one, other) => middle(one) - middle(other) || byText(one, other));
}

/** Over the whole height: then lines are flat, and a short column stands level with what it leads to. */
function column(keys: readonly Key[], x: number, rows: number) {
  const height = (rows * ROW) / Math.max(1, keys.length);
  const inset = (height - BOX.height) / 2;
  return keys.map((key, row) => ({ key, x, y: Math.round(TOP + row * height + inset) }));
}

function partsOf(key: Key): readonly [PictureNode["kind"], string] {
  const at = key.indexOf(" ");
  return [key.slice(0, at) as PictureNode["kind"], key.slice(at + 1)];
}

function distinct(keys: readonly Key[]): readonly Key[] {
  return [...new Set(keys)].sort(byText);
}
