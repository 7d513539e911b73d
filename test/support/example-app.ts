import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as Anew from "./synthesize";

export const STACKS = ["foundation", "spire", "trust", "control", "agents", "starters"] as const;
export type StackName = (typeof STACKS)[number];

export type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

export interface Synthesized {
  /** Text of each stack's file */
  readonly stacks: Readonly<Record<StackName, string>>;
  readonly registry: string;
  readonly policy: string;
  readonly bundle: Buffer;
  readonly sources: string;
}

let kept: Synthesized | undefined;

/** The stacks of main.ts, synthesized by the first test file of a run that asks; the constructs are loaded only then. */
export function synthesize(): Synthesized {
  const folder = process.env["AMBIT_TEST_SHARED"];
  if (folder === undefined) return (kept ??= anew());
  const file = join(folder, "example.json");
  if (!existsSync(file)) write(file, anew());
  const { bundle, ...texts } = JSON.parse(readFileSync(file, "utf8")) as Synthesized & { readonly bundle: string };
  return { ...texts, bundle: Buffer.from(bundle, "base64") };
}

function anew(): Synthesized {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require("./synthesize") as typeof Anew).synthesizeAnew();
}

/** Several workers may write it at once: what is read is whole. */
function write(file: string, { bundle, ...texts }: Synthesized): void {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify({ ...texts, bundle: bundle.toString("base64") }));
  renameSync(own, file);
}

export function resourcesOf(stack: string): Resources {
  return (JSON.parse(stack) as { resource?: Resources }).resource ?? {};
}
