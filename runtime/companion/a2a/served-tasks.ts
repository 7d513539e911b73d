import type { IncomingMessage, ServerResponse } from "node:http";
import type { Run } from "../run";
import { type A2aCall, a2aCall } from "./call";
import { Held } from "./held";
import type { PushedTo } from "../../../domain/pushes";
import { checkPush } from "./push";
import { type HeldBody, heldBody } from "./read-body";
import { TasksOfRuns } from "./tasks-of-runs";
import { ToldNames } from "./told-names";

/** A request of A2A that was read, before it goes on */
export interface ReadMessage extends A2aCall {
  /** As it came; undefined if there is none */
  readonly held: HeldBody | undefined;
}

export interface ServedWay {
  readonly path: string;
  /** Undefined if push is not offered */
  readonly pushes: PushedTo | undefined;
}

/** What agents that serve A2A keep apart by ids alone: no request goes on with a task of another run, or has pushes sent elsewhere. */
export class ServedTasks {
  private readonly tasks = new TasksOfRuns();
  /** Of what is read, in both directions */
  public readonly held = new Held();

  /**
   * @throws Problem `companion.malformed`, `companion.push`, `companion.push-address`, `companion.push-secret`, `companion.other-task`,
   * `companion.too-large`, `companion.busy`
   */
  public async read(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    { path, pushes }: ServedWay,
  ): Promise<ReadMessage> {
    const { method = "", url: target = "", rawHeaders: raw } = incoming;
    const held = await heldBody(incoming, outgoing, this.held);
    const call = a2aCall({ method, target, raw, body: held?.bytes }, path);
    if (call.push !== undefined) checkPush(call.push, pushes);
    return { ...call, held };
  }

  /** @throws Problem `companion.other-task` */
  public check({ run }: Run, { names }: ReadMessage): void {
    this.tasks.check(run, names);
  }

  /** @returns to be told each part of the agent's answer before it goes out */
  public follow({ run }: Run, response: IncomingMessage, outgoing: ServerResponse): (part: Buffer) => void {
    const told = new ToldNames(response, this.held, (names) => this.tasks.tell(run, names));
    outgoing.once("close", () => told.end());
    return (part) => told.take(part);
  }
}
