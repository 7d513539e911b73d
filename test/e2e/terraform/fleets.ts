import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AgentClass, Fleet } from "../../../constructs";
import { fleet as example } from "../../../fleet";
import { CertificateBearer, Newcomer } from "./newcomer";

const ROOT = join(__dirname, "..", "..", "..");
const LINES_ABOVE = 7;

const members = example.members as readonly AgentClass[];

const started = (...all: readonly AgentClass[]): Fleet<AgentClass> => Fleet.of(...all).startedBy(...example.starters);

export const exampleFleet = started(...members);
export const reversedFleet = started(...[...members].reverse());
export const withNewcomer = started(...members, Newcomer as AgentClass);
export const withCertificateBearer = started(...members, CertificateBearer as AgentClass);

/** The example fleet from a copy of its files, in which every agent stands in another file and some lines lower. */
export function movedFleet(folder: string): Fleet<AgentClass> {
  const copy = join(folder, "fleet");
  cpSync(join(ROOT, "fleet"), copy, { recursive: true });
  symlinkSync(join(ROOT, "constructs"), join(folder, "constructs"), "dir");
  for (const file of readdirSync(join(copy, "agents"))) {
    const path = join(copy, "agents", file);
    writeFileSync(path, `${"// moved\n".repeat(LINES_ABOVE)}${readFileSync(path, "utf8")}`);
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require(copy) as { readonly fleet: Fleet<AgentClass> }).fleet;
}
