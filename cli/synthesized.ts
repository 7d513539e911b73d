import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type About, POLICY_VERSION, type PolicyDocument, policyProblems, type SourceLine } from "../domain";
import { isRecord } from "../domain/is-record";
import { UsageError } from "./program";

/** Default output folder of synth */
export const SYNTH_FOLDER = "cdktf.out";

/** What synth wrote beside the stacks, as far as decisions need it */
export interface Synthesized {
  readonly folder: string;
  readonly policy: PolicyDocument;
  /** Where something is declared; undefined if that is not known */
  placeOf(about: About): SourceLine | undefined;
}

/** @throws UsageError if there is none, or one of another version */
export function readSynthesized(folder: string): Synthesized {
  const path = join(folder, "ambit", "policy.json");
  const policy = json(path);
  if (policy === undefined) {
    throw new UsageError(`there is no ${path}: run synth first, or name the folder that it wrote`);
  }
  const { version } = policy as { readonly version?: unknown };
  if (version !== POLICY_VERSION) {
    const got = version === undefined ? "none" : JSON.stringify(version);
    throw new UsageError(`${path} must be of version ${POLICY_VERSION}, got ${got}: synthesize anew`);
  }
  const [problem] = policyProblems(policy);
  if (problem !== undefined) throw new UsageError(`${path}: ${problem}: synthesize anew`);
  return {
    folder,
    policy: policy as unknown as PolicyDocument,
    placeOf: placesIn(join(folder, "ambit", "sources.json")),
  };
}

/** Sources of version 1 say where agents are declared, those of version 2 also tools and datasets. */
function placesIn(path: string): Synthesized["placeOf"] {
  const sources = json(path) ?? {};
  return (about) => {
    const [kind, name] =
      "agent" in about
        ? ["agents", about.agent]
        : "tool" in about
          ? ["tools", about.tool]
          : ["datasets", about.dataset];
    const lines = sources[kind as string];
    const line = isRecord(lines) && Object.hasOwn(lines, name as string) ? lines[name as string] : undefined;
    if (!isRecord(line) || typeof line["file"] !== "string" || typeof line["line"] !== "number") return undefined;
    return { file: line["file"], line: line["line"] };
  };
}

function json(path: string): Readonly<Record<string, unknown>> | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} must be JSON: ${(error as Error).message}`);
  }
  if (!isRecord(value)) throw new UsageError(`${path} must be a JSON object: synthesize anew`);
  return value;
}
