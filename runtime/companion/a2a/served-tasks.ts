import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Run } from "../run";
import { hasBody } from "../tools/headers";
import { type A2aCall, a2aCall } from "./call";
import { Held } from "./held";
import { readBody } from "./read-body";
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
    const read = hasBody(raw) ? await readBody(incoming, this.held) : undefined;
    if (outgoing.closed) read?.release();
    else if (read !== undefined) outgoing.once("close", read.release);
    const call = a2aCall({ method, target, raw, body: read?.bytes }, path);
    return { ...call, body: read && Readable.from([read.bytes], { objectMode: false }) };
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
