import { cpus } from "node:os";
import { answers } from "../../e2e/harness/process";

/** A command with its arguments */
export type Command = readonly [command: string, args: readonly string[]];

/** Each server that is measured runs on one processor, and who asks it on another. */
export interface Processors {
  /** As the report says it */
  readonly text: string;
  server(command: string, args: readonly string[]): Command;
  client(command: string, args: readonly string[]): Command;
}

/** Where there is one processor only, or no taskset, everything shares what there is. */
export async function processors(): Promise<Processors> {
  const count = cpus().length;
  if (count < 2 || (await answers("taskset", ["--version"])) === undefined) {
    const shared = (command: string, args: readonly string[]): Command => [command, args];
    return { text: "servers and client share the processors", server: shared, client: shared };
  }
  return {
    text: "servers on one processor, the client on another",
    server: (command, args) => onlyOn(count - 1, command, args),
    client: (command, args) => onlyOn(0, command, args),
  };
}

/** The program takes the place of taskset, with its process id. */
export function onlyOn(processor: number, command: string, args: readonly string[]): Command {
  return ["taskset", ["--cpu-list", `${processor}`, command, ...args]];
}
