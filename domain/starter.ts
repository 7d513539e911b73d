import type { AgentDeclaration } from "./agent";
import { byText } from "./by-text";
import { Dataset } from "./dataset";
import { type ErrorCode, onlyKnown, refuse, shown } from "./errors";
import { type CheckedOrigin, originOf } from "./event-origin";
import { isRecord } from "./is-record";
import type { Json } from "./json";
import { dnsLabel, isBlank, notToken, plainString } from "./plain";
import { isServedAt, pathOf } from "./serve-paths";
import { type ScheduleTime, scheduleTime } from "./schedule-expression";
import { sourcesArriveMarked } from "./rules/arriving-sources";
import { rememberSource } from "./source-line";
import type { EventProps, EventSources, ScheduleProps, StartProps } from "./starter-props";
import type { Task } from "./task";
import { Tool } from "./tool";
import type { TrustDomain } from "./trust-domain";

/** What is made of it by hyphens and the platform's name must fit the 64 characters of a function and a role. */
const LONGEST_NAME = 24;
const LONGEST_BODY = 16_384;
const MOST_KEYS = 3;
const MOST_ATTEMPTS = 20;
const SOURCES = { property: "sources", code: "starter.malformed" } as const;
const COMMON = ["agent", "attempts", "keys", "method", "path", "task"];

/** What an event starter's events tell of */
export interface Sources {
  /** Sorted */
  readonly datasets: readonly Dataset[];
  /** Sorted */
  readonly tools: readonly Tool[];
}

/** Undefined if it is not known; `outside` has the reason why no agent brings one about. */
export type DeclaredSources = Sources | { readonly outside: string } | undefined;

/** When, or by what, a starter starts its task */
export type Occasion =
  | { readonly start: "schedule"; readonly time: ScheduleTime; readonly body: Json }
  | { readonly start: "event"; readonly origin: CheckedOrigin; readonly sources: DeclaredSources };

/**
 * Starts one task of one agent by schedule or by event: it signs a token for each start with a key of its own, which
 * can start nothing else. A value for the fleet; the stack of starters creates its resources.
 */
export class Starter {
  public readonly agent: AgentDeclaration;
  public readonly task: Task;
  public readonly request: { readonly method: "POST" | "PUT"; readonly path: string };
  /** Host of the way in where it has one of its own */
  public readonly host: string | undefined;
  /** The first one signs */
  public readonly keys: readonly string[];
  public readonly attempts: number;

  private constructor(
    public readonly name: string,
    public readonly where: string,
    props: StartProps,
    public readonly occasion: Occasion,
  ) {
    const { agent, task } = startedTask(props, occasion.start, where);
    this.agent = agent;
    this.task = task;
    const { method = "POST" } = props;
    if (method !== "POST" && method !== "PUT") {
      refuse("starter.malformed", where, `method must be POST or PUT, got ${shown(method)}`);
    }
    const path = pathOf(props.path, where, "path", "starter.malformed");
    const way = wayAt(agent, task, path, where);
    this.host = way.host;
    if (occasion.start === "event" && occasion.sources !== undefined && !("outside" in occasion.sources)) {
      sourcesArriveMarked(occasion.sources, way, where);
    }
    this.request = { method, path };
    this.keys = keysOf(props.keys ?? ["1"], where);
    this.attempts = attemptsOf(props.attempts ?? 5, where);
  }

  /**
   * A schedule of EventBridge Scheduler
   *
   * @throws DeclarationError `starter.malformed`, `starter.unknown-task`, `starter.not-accepted`, `starter.not-served`
   */
  public static schedule<K extends string>(name: string, props: ScheduleProps<K>): Starter {
    const where = whereOf(name, props, [...COMMON, "at", "body", "timeZone"]);
    const { at, timeZone, body = {} } = props;
    const occasion: Occasion = {
      start: "schedule",
      time: scheduleTime(at, timeZone, where),
      body: bodyOf(body, where),
    };
    return rememberSource(new Starter(name, where, props as unknown as StartProps, occasion), Starter.schedule);
  }

  /**
   * Events of an EventBridge bus, messages that S3 and SNS send, or those in a queue of another owner
   *
   * @throws DeclarationError `starter.malformed`, `starter.unknown-task`, `starter.not-accepted`, `starter.not-served`,
   *   `starter.above-way`
   */
  public static event<K extends string>(name: string, props: EventProps<K>): Starter {
    const where = whereOf(name, props, [...COMMON, "from", "sources"]);
    const { from, sources } = props;
    const origin = originOf(from, where);
    if (origin.kind === "queue" && props.attempts !== undefined) {
      const what = "attempts must not stand beside from.queue, whose owner says how often a message is tried";
      refuse("starter.malformed", where, `${what}: leave it out, and set maxReceiveCount of the queue`);
    }
    const occasion: Occasion = { start: "event", origin, sources: sourcesOf(sources, where) };
    return rememberSource(new Starter(name, where, props as unknown as StartProps, occasion), Starter.event);
  }

  /** `<agent>.<task>` */
  public get target(): string {
    return `${this.agent.name}.${this.task.name}`;
  }
}

function whereOf(name: unknown, props: object, known: readonly string[]): string {
  const where = `starter ${shown(name)}`;
  dnsLabel(name, where, "name", LONGEST_NAME);
  onlyKnown(props, known, where);
  return where;
}

function startedTask({ agent, task: name }: StartProps, start: "event" | "schedule", where: string) {
  const declaration = agent?.declaration as AgentDeclaration | undefined;
  if (declaration === undefined) {
    return refuse("starter.malformed", where, `agent must be an agent's class (Agent.define), got ${shown(agent)}`);
  }
  const task = declaration.tasks.get(name);
  if (task === undefined) {
    const known = [...declaration.tasks.keys()].join(", ");
    const what = `task must be one of agent ${shown(declaration.name)}, which has ${known}`;
    return refuse("starter.unknown-task", where, `${what}, got ${shown(name)}`);
  }
  if (!task.startedBy.includes(start)) {
    const what = `task ${shown(name)} of agent ${shown(declaration.name)} is started by ${task.startedBy.join(", ")}`;
    return refuse("starter.not-accepted", where, `${what}: add ${shown(start)} to its startedBy`);
  }
  return { agent: declaration, task };
}

function wayAt(agent: AgentDeclaration, task: Task, path: string, where: string) {
  const found = task.servedBy.find(({ facts }) => isServedAt(facts, path));
  if (found !== undefined) return found.facts;
  const places = task.servedBy.flatMap(({ facts }) => facts.paths);
  const what = `no way in of agent ${shown(agent.name)} serves task ${shown(task.name)} at path ${shown(path)}`;
  const fix =
    places.length === 0
      ? `add serves: Serve.http({ … }) with ${shown(task.name)} in its tasks to the agent`
      : `write one of ${places.map(shown).join(", ")}, or add it to paths of the way in`;
  return refuse("starter.not-served", where, `${what}: ${fix}`);
}

function keysOf(keys: readonly string[], where: string): readonly string[] {
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MOST_KEYS || new Set(keys).size !== keys.length) {
    const what = `keys must list 1 to ${MOST_KEYS} different names`;
    return refuse("starter.malformed", where, `${what}, got ${shown(keys)}: write one such as ["1"]`);
  }
  return keys.map((key) => dnsLabel(key, where, "keys", LONGEST_NAME));
}

function attemptsOf(attempts: number, where: string): number {
  notToken(attempts, where, "attempts", "number");
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > MOST_ATTEMPTS) {
    const what = `attempts must be a whole number from 1 to ${MOST_ATTEMPTS}`;
    return refuse("starter.malformed", where, `${what}, got ${shown(attempts)}`);
  }
  return attempts;
}

/** What the agent gets, as the bytes that it gets */
function bodyOf(body: Json, where: string): Json {
  const text = JSON.stringify(body) as string | undefined;
  if (text === undefined) return refuse("starter.malformed", where, `body must be JSON, got ${shown(body)}`);
  notToken(text, where, "body", "value of JSON");
  const bytes = Buffer.byteLength(text);
  if (bytes > LONGEST_BODY) {
    const what = `body must be at most ${LONGEST_BODY} bytes of JSON, got ${bytes}`;
    return refuse("starter.malformed", where, `${what}: let the agent read what is larger`);
  }
  return body;
}

/** @throws DeclarationError of `code`, `value.foreign` */
export function sourcesOf(
  sources: EventSources | undefined,
  where: string,
  { property, code }: { readonly property: string; readonly code: ErrorCode } = SOURCES,
): DeclaredSources {
  if (sources === undefined) return undefined;
  if (Array.isArray(sources) && sources.length > 0) {
    const listed = sources as readonly unknown[];
    const datasets = listed.filter((one): one is Dataset => one instanceof Dataset);
    const tools = listed.filter((one): one is Tool => one instanceof Tool);
    if (datasets.length + tools.length < listed.length) {
      const what = `${property} holds a value that was made by hand or by another copy of the package`;
      return refuse("value.foreign", where, `${what}: list datasets and tools`);
    }
    return { datasets: byName(datasets), tools: byName(tools) };
  }
  const outside = isRecord(sources) ? (sources as { readonly outside?: unknown }).outside : undefined;
  const reason = isRecord(outside) ? outside.reason : undefined;
  if (isBlank(reason)) {
    const what = `${property} must list datasets and tools, or be { outside: { reason } }`;
    const fix = "say in reason why no agent of the fleet can cause such an event";
    return refuse(code, where, `${what}, got ${shown(sources)}: ${fix}`);
  }
  return { outside: plainString(reason, where, `${property}.outside.reason`, code) };
}

function byName<T extends { readonly name: string }>(things: readonly T[]): readonly T[] {
  return [...new Set(things)].sort((a, b) => byText(a.name, b.name));
}

/** Claim `iss` of its tokens: a name that is never fetched */
export function starterIssuer(name: string, { name: domain }: TrustDomain): string {
  return `https://${name}.starters.${domain}`;
}
