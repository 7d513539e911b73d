import { type ChildProcess, spawn } from "node:child_process";

const TAIL_LINES = 40;

const running = new Set<ChildProcess>();

/** Stop what is still running, with its own children: each program has a process group of its own. */
export function stopAll(): void {
  for (const child of running) killGroup(child);
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The last lines of both, for messages */
  readonly tail: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** @default 300 */
  readonly timeoutSeconds?: number;
}

/** Run a program to its end; a code other than zero is an answer, not an error. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const seconds = options.timeoutSeconds ?? 300;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    running.add(child);
    let stdout = "";
    let stderr = "";
    let late = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const timer = setTimeout(() => {
      late = true;
      killGroup(child);
    }, seconds * 1000);
    child.on("error", (error) => {
      running.delete(child);
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code) => {
      running.delete(child);
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

function said(command: string, args: readonly string[]): string {
  return [command.split("/").at(-1), ...args].join(" ");
}

function tailOf(text: string): string {
  const plain = text.replace(/\u001b\[[0-9;]*m/g, "");
  return plain
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-TAIL_LINES)
    .join("\n");
}
