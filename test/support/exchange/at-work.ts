import { isDelegateTool, type PolicyTask } from "../../../domain";
import { isReading } from "../../../domain/dataset";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { exampleFleet } from "./example-fleet";
import { type Answer, FlowWorld } from "./flow-world";

/** A task at work; `run` is there from its first token on */
interface Working {
  readonly agent: string;
  readonly task: string;
  readonly start: string;
  readonly evidence: string | undefined;
  run?: string;
}

interface Wanted {
  readonly delegate?: string;
}

/** Tasks of the example fleet at work, through the exchange, the state interface and the broker */
export class AtWork {
  /** What was done, and what was refused with its codes */
  public readonly done: string[] = [];
  public readonly lost: string[] = [];
  private readonly world = new FlowWorld(exampleFleet);

  /** Everything that the task is for: what it reads first, then all else, what it hands on at the end */
  public async readsFirst(agent: string, task: string): Promise<void> {
    for (const first of declared(agent, task).orders.flatMap((order) => order.first)) await this.before(agent, first);
    const working = this.begins(agent, task);
    await this.reads(working);
    await this.writes(working);
    await this.handsOn(working);
  }

  /** What it hands on while it knows nothing yet, and then what it reads */
  public async handsOnFirst(agent: string, task: string): Promise<void> {
    const working = this.begins(agent, task);
    await this.handsOn(working, true);
    await this.reads(working);
  }

  /** What the task's order asks for, in another task */
  private async before(agent: string, action: string): Promise<void> {
    const [task] = tasksOf(agent).find(([, { actions }]) => Object.hasOwn(actions, action)) ?? [];
    if (task !== undefined) await this.calls(this.begins(agent, task), action);
  }

  private begins(agent: string, task: string): Working {
    const { startedBy } = declared(agent, task);
    const start = ["user", "schedule", "event", "agent"].find((each) => Object.hasOwn(startedBy, each)) ?? "none";
    const evidence = start === "agent" ? undefined : `${start === "user" ? "ada" : "event"}:${this.world.id()}`;
    return { agent, task, start, evidence };
  }

  private async reads(working: Working): Promise<void> {
    for (const action of actionsOf(working, true)) await this.calls(working, action);
    if (exampleFleet.agentNamed(working.agent)?.tasks.get(working.task)?.aws === undefined) return;
    const token = await this.token(working, "aws", {}, "aws");
    if (token !== undefined) this.given(working, "aws", await this.world.credentials(token));
  }

  private async writes(working: Working): Promise<void> {
    for (const action of actionsOf(working, false)) await this.calls(working, action);
  }

  private async handsOn(working: Working, first = false): Promise<void> {
    for (const delegate of Object.keys(declared(working.agent, working.task).delegates)) {
      const token = await this.token(working, "exchange", { delegate }, delegate);
      if (token === undefined) continue;
      const [agent = "", task = ""] = delegate.split(".");
      const handed: Working = { agent, task, start: "delegation", evidence: JSON.stringify(token) };
      if (first) await this.handsOn(handed, first);
      await this.reads(handed);
      await this.writes(handed);
      if (!first) await this.handsOn(handed);
      await this.answers(handed);
    }
  }

  private async answers(working: Working): Promise<void> {
    if (working.run === undefined) return;
    this.given(working, "answer", await this.world.message("answer", await this.world.run(working.run)));
  }

  private async calls(working: Working, called: string): Promise<void> {
    const [tool = "", action = ""] = called.split(".");
    const token = await this.token(working, `tool:${tool}`, {}, called);
    if (token === undefined) return;
    const answer = await this.world.call(token, action);
    const request = "codes" in answer ? answer.more?.["access_request"] : undefined;
    if (request === undefined) return this.given(working, called, answer);
    const { id, group } = request as { readonly id: string; readonly group: string };
    await this.world.approve(id, group);
    this.given(working, called, await this.world.call(token, action));
  }

  private async token(
    working: Working,
    audience: string,
    wanted: Wanted,
    what: string,
  ): Promise<AccessTokenClaims | undefined> {
    const answer = await this.asked(working, audience, wanted);
    if ("given" in answer) {
      working.run = answer.given.run;
      return answer.given;
    }
    this.refused(working, what, answer.codes);
    return undefined;
  }

  private asked(
    { agent, task, start, evidence, run }: Working,
    audience: string,
    wanted: Wanted,
  ): Promise<Answer<AccessTokenClaims>> {
    const how = run === undefined ? { task, start } : { task, run };
    return this.world.tokenFor(agent, audience, { ...how, ...wanted }, run === undefined ? evidence : undefined);
  }

  private given(working: Working, what: string, answer: Answer<true>): void {
    if ("given" in answer) this.done.push(`${working.agent}.${working.task}: ${what}`);
    else this.refused(working, what, answer.codes);
  }

  private refused({ agent, task }: Working, what: string, codes: readonly string[]): void {
    this.lost.push(`${agent}.${task}: ${what}: ${codes.join()}`);
  }
}

function tasksOf(agent: string): readonly (readonly [string, PolicyTask])[] {
  const found = Object.values(exampleFleet.policy.agents).find(({ name }) => name === agent);
  return Object.entries(found?.tasks ?? {});
}

function declared(agent: string, task: string): PolicyTask {
  const [, found] = tasksOf(agent).find(([name]) => name === task) ?? [];
  if (found === undefined) throw new Error(`the fleet has no task ${agent}.${task}`);
  return found;
}

/** Those that read, or those that do not */
function actionsOf({ agent, task }: Working, reading: boolean): readonly string[] {
  return Object.keys(declared(agent, task).actions).filter((called) => {
    if (isDelegateTool(called)) return false;
    const [tool = "", action = ""] = called.split(".");
    const touched = Object.keys(exampleFleet.policy.tools[tool]?.actions[action]?.touches ?? {});
    return touched.some((each) => isReading(each.slice(each.lastIndexOf(":") + 1))) === reading;
  });
}

/** Tasks that begin otherwise than by being handed on, by agent */
export const BEGINNING = Object.values(exampleFleet.policy.agents).flatMap(({ name, tasks }) =>
  Object.entries(tasks).flatMap(([task, { startedBy }]) =>
    Object.keys(startedBy).some((start) => start !== "delegation") ? [[name, task] as const] : [],
  ),
);
