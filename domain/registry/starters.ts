import type { AgentDeclaration } from "../agent";
import { byText } from "../by-text";
import type { Fleet } from "../fleet";
import { EventSources, type EventStarter, eventStarterOf, mayStart } from "../rules/event-sources";
import { type DeclaredSources, type Starter, starterIssuer } from "../starter";
import type { Task } from "../task";
import type { RegistryStarter } from "./document";
import type { RegistryFacts } from "./write";

/** Issuers whose events begin a clean session; undefined if there are none */
export type CleanEvents = (agent: AgentDeclaration, task: Task) => readonly string[] | undefined;

/** As it is asked of one task */
interface Known {
  readonly issuer: string;
  readonly events: EventStarter;
  /** Undefined if it may start each */
  readonly target: string | undefined;
}

/** What starts tasks, of the platform and of the fleet, and whose events begin a clean session */
export function startersOf(
  fleet: Fleet,
  facts: RegistryFacts,
): { readonly entries: readonly RegistryStarter[]; readonly cleanEvents: CleanEvents } {
  const { trust, eventSources = new Map<string, DeclaredSources>() } = facts;
  const entries: readonly RegistryStarter[] = [
    ...trust.starters.map((starter) => ({ ...starter, ...sourcesEntry(eventSources.get(starter.issuer)) })),
    ...fleet.starters.map((starter) => starterEntry(starter, facts)),
  ];
  const ofPlatform = trust.starters
    .filter(({ starts }) => starts.includes("event"))
    .map(({ issuer, starts }) => ({
      issuer,
      events: { sources: eventSources.get(issuer), starts },
      target: undefined,
    }));
  const known: readonly Known[] = [
    ...ofPlatform,
    ...fleet.starters.flatMap((starter) => {
      const events = eventStarterOf(starter);
      const issuer = starterIssuer(starter.name, facts.trustDomain);
      return events === undefined ? [] : [{ issuer, events, target: starter.target }];
    }),
  ].filter(({ events }) => events.sources !== undefined);
  const toldOutside = ofPlatform.map(({ events }) => events);
  const sources = known.length === 0 ? undefined : new EventSources(fleet, toldOutside);
  return {
    entries: [...entries].sort((a, b) => byText(a.issuer, b.issuer)),
    cleanEvents: (agent, task) => {
      if (sources === undefined) return undefined;
      const target = `${agent.name}.${task.name}`;
      const clean = known
        .filter((one) => (one.target ?? target) === target && mayStart(one.events, task))
        .filter((one) => sources.beginClean(agent, one.events))
        .map(({ issuer }) => issuer);
      return clean.length === 0 ? undefined : clean.sort();
    },
  };
}

function starterEntry(starter: Starter, facts: RegistryFacts): RegistryStarter {
  const { name, keys, occasion, target } = starter;
  const uses = keys.map((key) => starterKeyUse(name, key));
  return {
    issuer: starterIssuer(name, facts.trustDomain),
    kms: uses.map((use) => facts.keyAlias?.(use) ?? use),
    algorithms: ["ES256"],
    starts: [occasion.start],
    tasks: [target],
    ...(occasion.start === "event" ? sourcesEntry(occasion.sources) : {}),
  };
}

/** What a starter's key is for, as the end of its alias */
export function starterKeyUse(name: string, key: string): `starter/${string}` {
  return `starter/${name}/${key}`;
}

function sourcesEntry(sources: DeclaredSources): Pick<RegistryStarter, "outside" | "sources"> {
  if (sources === undefined) return {};
  if ("outside" in sources) return { outside: sources.outside };
  const names = [
    ...sources.datasets.map(({ name }) => `dataset:${name}`),
    ...sources.tools.map(({ name }) => `tool:${name}`),
  ];
  return { sources: names.sort() };
}
