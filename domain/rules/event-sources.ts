import type { AgentDeclaration } from "../agent";
import { BucketDataset, type Dataset } from "../dataset";
import { bucketsOf, kindsOf } from "../event-origin";
import type { Fleet } from "../fleet";
import type { DeclaredSources, Starter } from "../starter";
import type { Task } from "../task";
import type { Tool, ToolAction } from "../tool";
import { dataBehind, dataOfAction } from "./data-behind";
import type { StarterStart } from "./starts";

/** Declared sources of one starter's events, of the platform or of the fleet */
export interface EventStarter {
  readonly sources: DeclaredSources;
  /** S3 buckets that its events are about, even if `sources` says otherwise; left out if unknown */
  readonly buckets?: readonly string[] | "any";
  /** Kinds of data that its events are about, even if `sources` says otherwise; left out if unknown */
  readonly kinds?: readonly Dataset["kind"][];
  /**
   * Which starts its tokens may prove: where they do not say which, one of an event proves each.
   *
   * @default - events alone
   */
  readonly starts?: readonly StarterStart[];
}

/** Where words may lie: data, or what a tool keeps */
type Place = Dataset | Tool;
type Places = ReadonlySet<Place>;

/**
 * Which events may begin a clean session of an agent: those that the agent's knowledge cannot cause. Knowledge flows
 * from agent to agent through delegated work, in either direction, and through data that one writes and that the other
 * reads or is started by. Unknown sources may be the agent's own.
 */
export class EventSources {
  private readonly readers = new Map<Place, AgentDeclaration[]>();
  private readonly partners = new Map<AgentDeclaration, AgentDeclaration[]>();
  private readonly told = new Map<AgentDeclaration, Places>();
  private readonly datasets: readonly Dataset[];
  /** Started by events with unknown sources: each place may be one of them */
  private readonly startedByAny: AgentDeclaration[] = [];

  /** @param ofPlatform starters of the platform, each of which starts every task with event starts */
  constructor(fleet: Fleet, ofPlatform: readonly EventStarter[] = []) {
    this.datasets = fleet.datasets;
    for (const agent of fleet.agents) {
      for (const place of readBy(agent)) add(this.readers, place, agent);
      for (const { delegates } of tasksOf(agent)) {
        for (const edge of delegates) {
          add(this.partners, agent, edge.agent);
          add(this.partners, edge.agent, agent);
        }
      }
    }
    for (const starter of fleet.starters) {
      const events = eventStarterOf(starter);
      if (events !== undefined) this.startedBy(events, starter.agent);
    }
    for (const events of ofPlatform) {
      for (const agent of fleet.agents) {
        if (tasksOf(agent).some((task) => mayStart(events, task))) this.startedBy(events, agent);
      }
    }
  }

  public beginClean(agent: AgentDeclaration, starter: EventStarter): boolean {
    const places = this.placesOf(starter);
    if (places === undefined) return false;
    const written = this.writtenAfter(agent);
    return ![...places].some((place) => written.has(place));
  }

  private startedBy(starter: EventStarter, agent: AgentDeclaration): void {
    const places = this.placesOf(starter);
    if (places === undefined) this.startedByAny.push(agent);
    else for (const place of places) add(this.readers, place, agent);
  }

  /** What the fleet has at the places that send counts, even where `sources` says otherwise. Undefined if they are not known. */
  private placesOf(starter: EventStarter): Places | undefined {
    if (starter.sources === undefined) return undefined;
    const { sources, buckets = [], kinds = [] } = starter;
    const sending = this.datasets.filter((dataset) =>
      dataset instanceof BucketDataset
        ? buckets === "any" || buckets.includes(dataset.bucket)
        : kinds.includes(dataset.kind),
    );
    if ("outside" in sources) return new Set(sending);
    return new Set<Place>([
      ...sending,
      ...sources.datasets,
      ...sources.tools.flatMap((tool) => [tool, ...dataBehind(tool)]),
    ]);
  }

  /** All that is written by the agent, and by every agent that its words may get to */
  private writtenAfter(agent: AgentDeclaration): Places {
    const known = this.told.get(agent);
    if (known !== undefined) return known;
    const all = new Set<Place>();
    const told = new Set([agent]);
    // A set that grows while it is walked through is walked to its end.
    for (const one of told) {
      for (const partner of this.partners.get(one) ?? []) told.add(partner);
      for (const place of writtenBy(one)) {
        all.add(place);
        for (const reader of [...(this.readers.get(place) ?? []), ...this.startedByAny]) told.add(reader);
      }
    }
    this.told.set(agent, all);
    return all;
  }
}

export function mayStart({ starts = ["event"] }: EventStarter, { startedBy }: Pick<Task, "startedBy">): boolean {
  return starts.some((start) => startedBy.includes(start));
}

/** Undefined for one of a schedule */
export function eventStarterOf({ occasion }: Starter): EventStarter | undefined {
  if (occasion.start !== "event") return undefined;
  const { origin, sources } = occasion;
  return { sources, buckets: bucketsOf(origin), kinds: kindsOf(origin) };
}

function readBy(agent: AgentDeclaration): Places {
  const tasks = tasksOf(agent);
  const reads = tasks.flatMap(({ data }) => data.filter((access) => access.reveals).map(({ dataset }) => dataset));
  const grants = tasks.flatMap(({ tools }) => tools);
  return new Set<Place>([
    ...reads,
    ...grants.flatMap(({ tool, actions }) => [tool as Tool, ...actions.flatMap(dataOfAction)]),
  ]);
}

/** Of an action that writes and names no write, all that its tool has may be what it writes. */
function writtenBy(agent: AgentDeclaration): Places {
  const tasks = tasksOf(agent);
  const writes = tasks.flatMap(({ data }) => data.filter((access) => access.writes).map(({ dataset }) => dataset));
  const called = tasks.flatMap(({ tools }) =>
    tools.flatMap(({ tool, actions }) =>
      actions.filter((action) => action.writes).flatMap((action) => [tool as Tool, ...writtenAt(tool as Tool, action)]),
    ),
  );
  return new Set<Place>([...writes, ...called]);
}

function writtenAt(tool: Tool, { touches }: ToolAction): readonly Dataset[] {
  const written = touches.filter((access) => access.writes).map(({ dataset }) => dataset);
  return written.length > 0 ? written : dataBehind(tool);
}

function tasksOf({ tasks }: AgentDeclaration) {
  return [...tasks.values()];
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
