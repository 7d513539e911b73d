import { cardOf } from "./agent-card";
import { COMPANION_PORTS } from "./companion-ports";
import { onlyKnown, refuse, shown } from "./errors";
import { dnsLabel, notToken, plainString } from "./plain";
import { type PushFacts, pushesOf } from "./pushes";
import type { RegistryCard } from "./registry/ways";
import { arrivesUntrusted } from "./rules/arrival";
import { Sensitivity } from "./sensitivity";
import { pathOf, pathsOf } from "./serve-paths";
import type { A2aBinding, A2aWayProps, HttpWayProps, WayProps } from "./serve-props";
import { rememberSource } from "./source-line";
import type { Start } from "./task";

/** Below it only root listens, which no agent is. */
const LOWEST_PORT = 1_024;
const HIGHEST_PORT = 65_535;
/** The companion has them on the same loopback. */
const TAKEN_PORTS: readonly number[] = Object.values(COMPANION_PORTS);

/** What a way in says, with its defaults settled */
export interface WayFacts<K extends string = string> {
  readonly name: string;
  readonly where: string;
  readonly kind: "a2a" | "http";
  readonly port: number;
  /** Each one path, or all below one that ends in a slash */
  readonly paths: readonly string[];
  /** Sorted */
  readonly tasks: readonly K[];
  readonly sensitivity: Sensitivity;
  readonly clearance: Sensitivity;
  /** Undefined if it depends on what starts the task */
  readonly untrusted: boolean | undefined;
  /** Undefined for the agent's name below the platform's domain */
  readonly host: string | undefined;
  /** Of A2A alone */
  readonly card: RegistryCard | undefined;
  /** Of A2A alone; undefined for JSON-RPC */
  readonly bindings: readonly A2aBinding[] | undefined;
  /** Of A2A alone; undefined if no push notification is sent */
  readonly pushes: PushFacts | undefined;
}

/**
 * A way in to an agent: where its own code answers, what callers may start there, and what that makes of a session.
 *
 * @typeParam K names of the tasks that may be started by it
 */
export class Way<K extends string = string> {
  constructor(public readonly facts: WayFacts<K>) {}

  /** Whether what arrives by it taints the session of a task that was started so */
  public taints(start: Start): boolean {
    return arrivesUntrusted(start, this.facts.untrusted);
  }
}

/** What an agent offers to callers, who reach it through the gateway alone, with evidence of what they start */
export class Serve {
  /**
   * An HTTP port, of any web framework.
   *
   * @throws DeclarationError `serving.malformed`
   */
  public static http<const K extends string>(props: HttpWayProps<K>): Way<K> {
    const common = commonOf(props, "http", HTTP_KEYS);
    const { where } = common;
    const way = new Way<K>({
      ...common,
      kind: "http",
      paths: pathsOf(props.paths, where),
      tasks: namesOf(props.tasks, where, "tasks"),
      host: props.host === undefined ? undefined : hostOf(props.host, where),
      card: undefined,
      bindings: undefined,
      pushes: undefined,
    });
    return rememberSource(way, Serve.http);
  }

  /**
   * The Agent2Agent protocol, version 1.0, over JSON-RPC, HTTP+JSON, or both.
   *
   * @throws DeclarationError `serving.malformed`, `serving.push`
   */
  public static a2a<const K extends string>(props: A2aWayProps<K>): Way<K> {
    const common = commonOf(props, "a2a", A2A_KEYS);
    const { where } = common;
    const card = cardOf(props.card, where);
    const way = new Way<K>({
      ...common,
      kind: "a2a",
      paths: [pathOf(props.path ?? "/", where, "path")],
      tasks: namesOf(Object.keys(card.skills) as K[], where, "card.skills"),
      host: undefined,
      card,
      bindings: props.bindings === undefined ? undefined : bindingsOf(props.bindings, where),
      pushes: props.pushes === undefined ? undefined : pushesOf(props.pushes, where),
    });
    return rememberSource(way, Serve.a2a);
  }
}

type Common = Pick<WayFacts, "clearance" | "name" | "port" | "sensitivity" | "untrusted" | "where">;

const COMMON_KEYS = ["clearance", "name", "port", "sensitivity", "untrusted"];
const HTTP_KEYS = [...COMMON_KEYS, "host", "paths", "tasks"].sort();
const A2A_KEYS = [...COMMON_KEYS, "bindings", "card", "path", "pushes"].sort();
const BINDINGS: readonly unknown[] = ["HTTP+JSON", "JSONRPC"] satisfies readonly A2aBinding[];

function commonOf(props: WayProps, kind: "a2a" | "http", keys: readonly string[]): Common {
  const where = `way in ${shown(props.name ?? kind)}`;
  onlyKnown(props, keys, where);
  const name = dnsLabel(props.name ?? kind, where, "name", 32);
  const sensitivity = Sensitivity.of(props.sensitivity, where);
  const clearance = Sensitivity.of(props.clearance, where, "clearance");
  if (!clearance.covers(sensitivity)) {
    const sentence = `clearance must be at least sensitivity (${sensitivity}), got ${clearance}`;
    refuse("serving.malformed", where, `${sentence}: an answer could never go out`);
  }
  const { untrusted } = props;
  if (untrusted !== undefined && typeof untrusted !== "boolean") {
    refuse("serving.malformed", where, `untrusted must be true or false, got ${shown(untrusted)}`);
  }
  return { name, where, port: portOf(props.port, where), sensitivity, clearance, untrusted };
}

function portOf(port: unknown, where: string): number {
  notToken(port, where, "port", "number");
  const what = `port must be a whole number from ${LOWEST_PORT} to ${HIGHEST_PORT}`;
  if (!Number.isInteger(port) || (port as number) < LOWEST_PORT || (port as number) > HIGHEST_PORT) {
    refuse("serving.malformed", where, `${what}, got ${shown(port)}`);
  }
  if (TAKEN_PORTS.includes(port as number)) {
    refuse("serving.malformed", where, `port ${shown(port)} is the companion's own: let the agent listen on another`);
  }
  return port as number;
}

function hostOf(value: unknown, where: string): string {
  const host = plainString(value, where, "host", "serving.malformed");
  const labels = host.split(".");
  if (labels.length < 2 || host.length > 253) {
    refuse("serving.malformed", where, `host must be a name such as "triage.acme.example", got ${shown(host)}`);
  }
  for (const label of labels) dnsLabel(label, where, "host");
  return host;
}

function bindingsOf(bindings: readonly A2aBinding[], where: string): readonly A2aBinding[] | undefined {
  const isSound = Array.isArray(bindings) && bindings.length > 0 && bindings.every((each) => BINDINGS.includes(each));
  if (!isSound || new Set(bindings).size !== bindings.length) {
    refuse("serving.malformed", where, `bindings must list "JSONRPC", "HTTP+JSON" or both, got ${shown(bindings)}`);
  }
  return bindings.join() === "JSONRPC" ? undefined : [...bindings];
}

/** Names of tasks; the agent checks that they exist. */
function namesOf<K extends string>(names: readonly K[], where: string, property: string): readonly K[] {
  if (!Array.isArray(names) || names.length === 0) {
    const sentence = `${property} must name at least one task that callers may start here, got ${shown(names)}`;
    refuse("serving.malformed", where, sentence);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    refuse("serving.malformed", where, `${property} names ${shown(twice)} twice: write it once`);
  }
  return [...names].sort();
}
