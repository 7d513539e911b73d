import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Run } from "../run";
import { type A2aCall, a2aCall } from "./call";
import { Held } from "./held";
import { heldBody } from "./read-body";
import { TasksOfRuns } from "./tasks-of-runs";
import { ToldNames } from "./told-names";

/** A request of A2A that was read, before it goes on */
export interface ReadMessage extends A2aCall {
  /** As it came; undefined where there is none */
  readonly body: Readable | undefined;
}

/** What agents that serve A2A keep apart by ids alone: no request goes on with a task of another run, and none has pushes sent. */
export class ServedTasks {
  private readonly tasks = new TasksOfRuns();
  private readonly held = new Held();

  /**
   * @param path of the way in
   * @throws Problem `companion.malformed`, `companion.push`, `companion.other-task`, `companion.too-large`, `companion.busy`
   */
  public async read(incoming: IncomingMessage, outgoing: ServerResponse, path: string): Promise<ReadMessage> {
    const { method = "", url: target = "", rawHeaders: raw } = incoming;
    const read = await heldBody(incoming, outgoing, this.held);
    const call = a2aCall({ method, target, raw, body: read?.bytes }, path);
    return { ...call, body: read?.body };
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
