import type { FleetView } from "../../registry/registry";
import { STARTS, type Start } from "../../../domain";
import { Denial } from "../denial";
import { type HeaderList, single } from "../request/headers";
import { tasksNamedIn } from "./unverified-claims";
import type { Served } from "./served";
import type { WayRequest } from "./way-request";

/** What a request starts, or joins */
export interface Started {
  readonly task: string;
  readonly start: Exclude<Start, "agent">;
  readonly evidence: string;
  readonly isNewSession: boolean;
  /** Undefined if it starts */
  readonly joins: Reference | undefined;
}

/** What an earlier answer carried */
export interface Reference {
  readonly run: string;
  /** Of the pod that answered */
  readonly tag: string;
}

const BEARER = /^Bearer +(?<token>[A-Za-z0-9._~+/=-]{1,16384})$/i;
const REFERENCE = /^(?<run>[\w-]{16,128})\.(?<tag>[0-9a-f]{16})$/;

/**
 * What the request starts, as far as it says so: the exchange verifies the evidence.
 *
 * @throws Denial `way.evidence`, `way.start`, `way.task`, `way.header`
 */
export function startedBy(fleet: FleetView, served: Served, { by, headers }: WayRequest): Started {
  const evidence = evidenceOf(headers);
  const start = startOf(headers, by);
  const task = taskOf(served, once(headers, "ambit-task"), evidence);
  if (fleet.agentNamed(served.agent.name)?.tasks.get(task)?.startedBy.includes(start) !== true) {
    throw Denial.of("way.start", `task ${task} is not started by ${start}`);
  }
  const session = once(headers, "ambit-session");
  if (session !== undefined && session !== "new")
    throw Denial.of("way.header", "Ambit-Session must be new, or left out");
  if (session === "new" && start !== "user") {
    throw Denial.of("way.header", "Ambit-Session: new is for users alone");
  }
  const joins = referenceOf(headers);
  if (session === "new" && joins !== undefined) {
    throw Denial.of("way.header", "Ambit-Session: new begins a session, and Ambit-Run joins a run: send one of them");
  }
  return { task, start, evidence, isNewSession: session === "new", joins };
}

function evidenceOf(headers: HeaderList): string {
  const values = headers.filter(([name]) => name === "authorization");
  const token = values.length === 1 ? BEARER.exec(values[0]?.[1] ?? "")?.groups?.["token"] : undefined;
  if (token === undefined) throw Denial.of("way.evidence");
  return token;
}

/** A token that hands work on is shown by the agent that it was given to, which is within. */
function startOf(headers: HeaderList, by: WayRequest["by"]): Started["start"] {
  const start = once(headers, "ambit-start") ?? "user";
  const known = STARTS.find((each): each is Started["start"] => each !== "agent" && each === start);
  if (known === undefined) throw Denial.of("way.header", "Ambit-Start must be user, schedule, event or delegation");
  if (known === "delegation" && by === "users") throw Denial.of("way.start", "no work is handed on from outside");
  return known;
}

function taskOf({ agent, way }: Served, asked: string | undefined, evidence: string): string {
  const named = asked === undefined ? tasksNamedIn(evidence, agent.name) : [asked];
  const tasks = way.tasks.filter((task) => named.includes(task));
  const [task] = asked === undefined && way.tasks.length === 1 ? way.tasks : tasks.length === 1 ? tasks : [];
  if (task === undefined) throw Denial.of("way.task", `the request must name one of ${way.tasks.join(", ")}`);
  return task;
}

function referenceOf(headers: HeaderList): Reference | undefined {
  const sent = once(headers, "ambit-run");
  if (sent === undefined) return undefined;
  const { run, tag } = REFERENCE.exec(sent)?.groups ?? {};
  if (run === undefined || tag === undefined) throw Denial.of("way.header", "Ambit-Run must be what an answer carried");
  return { run, tag };
}

function once(headers: HeaderList, name: string): string | undefined {
  try {
    return single(headers, name);
  } catch {
    throw Denial.of("way.header", `the header ${name} must be sent once`);
  }
}
