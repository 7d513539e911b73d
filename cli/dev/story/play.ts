import type { DevelopmentPlatform } from "../development-platform";
import { HANDED_ON, type Step, STORY } from "./steps";

/** A line of the log */
export interface LogLine {
  readonly event: string;
  readonly [member: string]: unknown;
}

export interface PlayedStep extends Step {
  readonly url: string;
  readonly status: number;
  /** Of the answer, by name in lower case */
  readonly headers: Readonly<Record<string, string>>;
  /** What refused it says; empty if it was allowed */
  readonly reasons: readonly { readonly code: string; readonly what: string; readonly fix: string }[];
  /** Under which the authorizer logs it; undefined if the exchange refused */
  readonly decision: string | undefined;
  /** Of the authorizer, or of the exchange where that refused: the first line that says what became of the call */
  readonly logged: LogLine | undefined;
  /** How many requests reached a tool by it */
  readonly reached: number;
  /** Whether it went as the script says */
  readonly asTold: boolean;
}

interface Answer {
  readonly reasons?: PlayedStep["reasons"];
  readonly decision_id?: string;
  readonly run?: string;
  readonly token?: { readonly access_token: string };
  readonly access_token?: string;
}

/** Lines that say what became of a call */
const TELLING: readonly string[] = ["call.allowed", "call.refused", "request.refused"];

/**
 * Begin the runs and make the calls of the script, one after the other.
 *
 * @param logged receives the platform's log
 * @param user who asks; this user's sessions must be new
 * @throws Error if a run cannot be begun
 */
export async function* played(
  platform: DevelopmentPlatform,
  logged: readonly LogLine[],
  user = "alice",
): AsyncGenerator<PlayedStep> {
  const runs = await begun(platform, user);
  for (const step of STORY.flatMap(({ steps }) => steps)) {
    yield await playedStep(platform, step, runs, logged);
  }
}

async function playedStep(
  platform: DevelopmentPlatform,
  step: Step,
  runs: ReadonlyMap<string, string>,
  logged: readonly LogLine[],
): Promise<PlayedStep> {
  const { codes } = step;
  const arrived = platform.gateway?.standIns?.arrived ?? [];
  const before = { lines: logged.length, arrived: arrived.length };
  const { url, status, headers, answer } = await (step.handedOnBy === undefined
    ? called(platform, step, runs.get(step.agent) ?? "")
    : handedOn(platform, step, runs.get(step.handedOnBy) ?? ""));
  const reasons = answer.reasons ?? [];
  const lines = logged.slice(before.lines).filter(({ event }) => TELLING.includes(event));
  const { decision_id: id } = answer;
  const line = id === undefined ? lines[0] : lines.find(({ decision }) => decision === id);
  const decision = id ?? (typeof line?.decision === "string" ? line.decision : undefined);
  const reached = arrived.length - before.arrived;
  const isAllowed = codes.length === 0;
  const asTold =
    reasons.map(({ code }) => code).join() === codes.join() &&
    (isAllowed ? status === 200 && reached === 1 : status >= 400 && reached === 0);
  return { ...step, url, status, headers, reasons, decision, logged: line, reached, asTold };
}

type Asked = Pick<PlayedStep, "headers" | "status" | "url"> & { readonly answer: Answer };

function called(platform: DevelopmentPlatform, { agent, tool, method, path, body }: Step, run: string): Promise<Asked> {
  return asked(`${companionOf(platform, agent)}/v1/runs/${run}/tools/${tool}${path}`, method, body);
}

/** The agent begins a run with work that is handed on to it, as with the first request, and asks for a token to hand it on. */
async function handedOn(platform: DevelopmentPlatform, step: Step, run: string): Promise<Asked> {
  const { agent, task, handedOnBy = "", tool: delegate } = step;
  const from = `${companionOf(platform, handedOnBy)}/v1/runs/${run}/token`;
  const { answer, ...refused } = await asked(from, "POST", { audience: "exchange", delegate: `${agent}.${task}` });
  const { access_token: evidence } = answer;
  if (evidence === undefined) return { answer, ...refused };
  const begins = { task, start: "delegation", evidence, audience: "exchange", delegate };
  return asked(`${companionOf(platform, agent)}/v1/runs`, "POST", begins);
}

/**
 * The user starts the first task, and each hands the next one on, before anything is read.
 *
 * @returns the runs, by the agent's name: others of the same tasks may live
 */
async function begun(platform: DevelopmentPlatform, user: string): Promise<ReadonlyMap<string, string>> {
  const runs = new Map<string, string>();
  const [first] = HANDED_ON;
  const [starting = ""] = first.split(".");
  const agentId = platform.agentId(starting);
  let evidence = platform.issuers.userToken({ agentId, task: first, user, newSession: true });
  for (const [index, name] of HANDED_ON.entries()) {
    const [agent = "", task = ""] = name.split(".");
    const delegate = HANDED_ON[index + 1];
    const { status, answer } = await asked(`${companionOf(platform, agent)}/v1/runs`, "POST", {
      task,
      start: index === 0 ? "user" : "delegation",
      evidence,
      ...(delegate === undefined ? { audience: "tool:search" } : { audience: "exchange", delegate }),
    });
    if (status !== 201 || answer.token === undefined) {
      const because = answer.reasons?.map(({ what, fix }) => `${what}: ${fix}`).join("; ") ?? "no reason";
      throw new Error(`${name} could not begin: ${because}`);
    }
    evidence = answer.token.access_token;
    runs.set(agent, answer.run ?? "");
  }
  return runs;
}

async function asked(url: string, method: string, body: object | undefined): Promise<Asked> {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { url, status: response.status, headers: Object.fromEntries(response.headers), answer: jsonOf(text) };
}

function jsonOf(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return {};
  }
}

function companionOf({ companions }: DevelopmentPlatform, agent: string): string {
  const url = companions.get(agent);
  if (url === undefined) throw new Error(`${agent} has no companion here`);
  return url;
}
