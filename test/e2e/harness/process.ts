import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";

const TAIL_LINES = 40;

const running = new Set<ChildProcess>();
let stopped = false;

/** Stop what is still running, with its own children, and start nothing more: a check that lost its program goes on. */
export function stopAll(): void {
  stopped = true;
  for (const child of running) signalGroup(child, "SIGKILL");
}

export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It ended by itself.
  }
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Start a program in a process group of its own, which `stopAll` knows until it has ended. */
export function start(
  command: string,
  args: readonly string[],
  options: StartOptions,
): ChildProcessByStdio<null, Readable, Readable> {
  if (stopped) throw new Error(`${said(command, args)} is not started: the run was stopped`);
  const child = spawn(command, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  running.add(child);
  const ended = (): unknown => running.delete(child);
  child.once("error", ended).once("close", ended);
  child.stdout.setEncoding("utf8");
  child.stderr.setEncoding("utf8");
  return child;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The last lines of both, for messages */
  readonly tail: string;
}

export interface RunOptions extends StartOptions {
  /** @default 300 */
  readonly timeoutSeconds?: number;
}

/** Run a program to its end; a code other than zero is an answer, not an error. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const seconds = options.timeoutSeconds ?? 300;
  return new Promise((resolve, reject) => {
    const child = start(command, args, options);
    let stdout = "";
    let stderr = "";
    let late = false;
    child.stdout.on("data", (text: string) => (stdout += text));
    child.stderr.on("data", (text: string) => (stderr += text));
    const timer = setTimeout(() => {
      late = true;
      signalGroup(child, "SIGKILL");
    }, seconds * 1000);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      if (late) stderr += `\nstopped after ${seconds} s`;
      resolve({ code: code ?? -1, stdout, stderr, tail: tailOf(`${stdout}\n${stderr}`) });
    });
  });
}

/** Run a program that must succeed. */
export async function succeed(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const finished = await run(command, args, options);
  if (finished.code !== 0) throw new Error(`${said(command, args)} ended with ${finished.code}:\n${finished.tail}`);
  return finished;
}

/** Whether a program of this name is on the PATH, by asking it for its version. */
export async function answers(command: string, args: readonly string[]): Promise<Finished | undefined> {
  return run(command, args, { timeoutSeconds: 30 }).then(
    (finished) => (finished.code === 0 ? finished : undefined),
    () => undefined,
  );
}

/** The command as a message names it, without its folder */
function said(command: string, args: readonly string[]): string {
  return [command.split("/").at(-1), ...args].join(" ");
}

/** The last lines, without colours and empty ones */
export function tailOf(text: string): string {
  const plain = text.replace(/\u001b\[[0-9;]*m/g, "");
  return plain
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-TAIL_LINES)
    .join("\n");
}
