import { spawn } from "node:child_process";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  /** The last lines of both, for messages */
  readonly tail: string;
}

export interface ChildOptions {
  readonly cwd: string;
  /** What it says as it says it */
  readonly said?: (text: string) => void;
}

const TAIL_LINES = 20;
const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Run a program to its end; its exit code is an answer. An interrupt is passed on to the program, which can stop in a
 * resumable state. It runs in a process group of its own, because the terminal would send it the interrupt as well, and
 * Terraform takes a second one as the order to stop at once.
 *
 * @throws if there is no such program
 */
export function runChild(program: string, args: readonly string[], { cwd, said }: ChildOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let all = "";
    const hear = (text: string): void => {
      all += text;
      said?.(text);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      hear(text);
    });
    child.stderr.setEncoding("utf8").on("data", hear);
    const pass = (): void => void child.kill("SIGINT");
    const settle = (): void => INTERRUPTS.forEach((signal) => void process.off(signal, pass));
    INTERRUPTS.forEach((signal) => void process.on(signal, pass));
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("close", (code) => {
      settle();
      resolve({ code: code ?? 1, stdout, tail: tailOf(all) });
    });
  });
}

function tailOf(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-TAIL_LINES).join("\n");
}
