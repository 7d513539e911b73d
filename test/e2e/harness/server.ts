import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { signalGroup, start, type StartOptions, tailOf } from "./process";

/** What a program said before is dropped: a server may run for long. */
const KEPT_CHARACTERS = 4_000_000;
const START_SECONDS = 60;
const STOP_SECONDS = 10;
const PROBE_SECONDS = 5;
const PAUSE_MILLISECONDS = 50;

export interface ServeOptions extends StartOptions {
  /** The name that messages use */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Asked until it says yes; it gets what the program has said. An error counts as no. */
  readonly ready: (said: string) => boolean | Promise<boolean>;
  /** What it says when it will never be ready, though it goes on trying */
  readonly hopeless?: RegExp;
  /** @default 60 */
  readonly startSeconds?: number;
}

/** A program that runs until it is stopped. */
export interface Server {
  readonly pid: number;
  /** What it has said on both streams, in order */
  readonly said: () => string;
  readonly running: () => boolean;
  /** Ask it to end; where it does not within ten seconds, end it. */
  readonly stop: () => Promise<void>;
  /** End it at once, as a crash would. */
  readonly kill: () => Promise<void>;
}

/** Start a program and wait until it answers. It is ended with everything else by `stopAll`. */
export async function serve(options: ServeOptions): Promise<Server> {
  const { name, command, args } = options;
  const child = start(command, args, options);
  let text = "";
  let end: string | undefined;
  const hear = (more: string): unknown => (text = (text + more).slice(-KEPT_CHARACTERS));
  // Both streams must be read to their end: a full pipe would stop the program.
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const ended = new Promise<void>((resolve) => {
    const note = (how: string): void => {
      end ??= how;
      resolve();
    };
    child.once("error", (error) => note(`did not start (${error.message})`));
    child.once("close", (code, signal) => note(`ended with ${signal ?? code}`));
  });

  const kill = async (): Promise<void> => {
    if (end === undefined) signalGroup(child, "SIGKILL");
    await ended;
  };
  const stop = async (): Promise<void> => {
    if (end === undefined) signalGroup(child, "SIGTERM");
    await Promise.race([ended, sleep(STOP_SECONDS * 1000, undefined, { ref: false })]);
    await kill();
  };

  const seconds = options.startSeconds ?? START_SECONDS;
  const deadline = performance.now() + seconds * 1000;
  while (!(await Promise.race([answersYes(options.ready, text), sleep(PROBE_SECONDS * 1000, false, { ref: false })]))) {
    const late = performance.now() > deadline;
    if (end === undefined && (late || options.hopeless?.test(text) === true)) {
      await kill();
      end = late ? `did not answer within ${seconds} s` : "did not start";
    }
    if (end !== undefined) throw new Error(`${name} ${end}:\n${tailOf(text)}`);
    await Promise.race([ended, sleep(PAUSE_MILLISECONDS)]);
  }
  return { pid: child.pid ?? NaN, said: () => text, running: () => end === undefined, stop, kill };
}

async function answersYes(ready: ServeOptions["ready"], said: string): Promise<boolean> {
  try {
    return await ready(said);
  } catch {
    return false;
  }
}

/** Whether something takes connections at this address */
export function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
