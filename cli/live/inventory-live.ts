import { setTimeout as wait } from "node:timers/promises";
import { isCallOf, isCallOn, recordedReads } from "../../governance/inventory/live/called";
import { comparisonOf, type Source } from "../../governance/inventory/live/comparison";
import { type DeclaredAgent, declaredIn, declaredRoles } from "../../governance/inventory/live/declared";
import type { Asked, CallHistory, DeployedCall, OtherPlatform } from "../../governance/inventory/live/deployed";
import { regionsIn } from "../../governance/inventory/live/regions";
import { rolePlaces } from "../../governance/inventory/live/role-place";
import type { Output } from "../../governance/inventory/output";
import { DEFAULT_SCOPE } from "../../policies/signature";
import { ReadError } from "../../review/read/read-error";
import { RegistryError } from "../../runtime/registry/registry-error";
import { CliError, type Io, Outcome } from "../program";
import { progress } from "../progress";
import { pem } from "../publish-options";
import { REAL_PARTS } from "../stop/function-call";
import { type AwsParts, rolesInAws } from "./aws";
import { callsInCloudTrail } from "./cloudtrail";
import { type LiveFlags, UNUSED_DAYS } from "./flags";
import { agentsInCluster } from "./kubernetes";
import { patient } from "./patient";
import { trailHistory } from "./trail/trail-history";

const DAY = 86_400;

/** What the comparison reaches outside this process */
export interface LiveParts extends Pick<AwsParts, "run" | "wait"> {
  /** Seconds since 1970 */
  readonly now: () => number;
}

export const REAL_LIVE_PARTS: LiveParts = {
  ...REAL_PARTS,
  wait: async (milliseconds) => void (await wait(milliseconds)),
  now: () => Math.floor(Date.now() / 1000),
};

export interface LiveFolder {
  /** What synth wrote */
  readonly dir: string;
  readonly output: Output;
}

/**
 * Compares a synthesized folder with what is deployed, and prints what differs.
 *
 * @throws Outcome 1 if a source that was to be asked did not answer, or not all: the rest is printed
 */
export async function compareLive(
  { dir, output }: LiveFolder,
  flags: LiveFlags & { readonly json?: true },
  { run, wait, now }: LiveParts,
  io: Io,
): Promise<void> {
  const declared = declaredIn(output);
  const at = now();
  const failed: Source[] = [];
  const asked = async <T>(source: Source, ask: () => Promise<T>): Promise<Asked<T>> => {
    if (source !== "trail" && flags.without?.includes(source) === true)
      return { unknown: `left out by --without ${source}` };
    try {
      return { known: await ask() };
    } catch (error) {
      if (!isTelling(error)) throw error;
      failed.push(source);
      return { unknown: error.message };
    }
  };
  const parts = { run: patient(run, wait), io, wait };
  let otherPlatforms: readonly OtherPlatform[] = [];
  const aws = await asked("aws", async () => {
    const roles = [...declaredRoles(declared).keys()];
    const answer = await rolesInAws(roles, rolePlaces(roles, dir), parts);
    if (!answer.isWhole) failed.push("aws");
    otherPlatforms = answer.otherPlatforms;
    return answer.roles;
  });
  const days = flags.unusedDays ?? UNUSED_DAYS;
  const cloudtrail: Asked<CallHistory> =
    "unknown" in aws && flags.without?.includes("cloudtrail") !== true
      ? { unknown: "it is asked about deployed roles alone, and those are not known" }
      : await asked("cloudtrail", () => historyOf(declared, dir, { at, days }, parts));
  const { trail: place, region } = flags;
  const question = { region, declared, dir, from: at - days * DAY, at };
  const trail =
    place === undefined
      ? undefined
      : await asked("trail", async () => {
          const { history, isWhole } = await trailHistory({ ...question, place }, parts);
          if (!isWhole) failed.push("trail");
          return history;
        });
  const kubernetes = await asked("kubernetes", () => agentsInCluster(declared, run, io));
  const registry = await asked("registry", () => publishedAgents(output.registry.trustDomain, flags, io));
  const comparison = comparisonOf(
    declared,
    { at, aws, otherPlatforms, cloudtrail, ...(trail && { trail }), kubernetes, registry },
    days,
  );
  if (flags.json === true) {
    const { comparisonJson } = await import("../../governance/inventory/report/comparison-json");
    io.out(comparisonJson(comparison));
  } else {
    const { comparisonText } = await import("../../governance/inventory/report/comparison-text");
    const { bold, columns, dim, green, red, yellow } = await import("../terminal");
    io.out(comparisonText(comparison, { columns: columns(), paint: { bold, dim, green, red, yellow } }));
  }
  if (failed.length === 0) return;
  const why = "could not be asked, or not about all: the report says why; leave it out by --without";
  io.err(`ambit: ${failed.join(", ")} ${why}\n`);
  throw new Outcome(1);
}

/** Nothing is asked where no agent has data whose use CloudTrail's event history holds. */
async function historyOf(
  declared: readonly DeclaredAgent[],
  dir: string,
  { at, days }: { readonly at: number; readonly days: number },
  parts: AwsParts,
): Promise<CallHistory> {
  const reads = recordedReads(declared);
  if (reads.length === 0) return { since: at, calls: [] };
  const isAnswered = (calls: readonly DeployedCall[]): boolean =>
    reads.every(({ role, data }) => calls.some((call) => isCallOf(call, role) && isCallOn(call, data)));
  return callsInCloudTrail({ regions: regionsIn(dir), at, days, isAnswered }, parts);
}

/** What a source may fail with: a fault of this program is none of its answers. */
function isTelling(error: unknown): error is Error {
  const isOfFile = error instanceof Error && "syscall" in error;
  return isOfFile || [CliError, ReadError, RegistryError].some((telling) => error instanceof telling);
}

async function publishedAgents(
  trustDomain: string,
  { registry, registryTable, region, publicKey = "", scope = DEFAULT_SCOPE }: LiveFlags,
  io: Io,
): Promise<readonly string[]> {
  const { storeOf } = await import("../registry");
  const { agentsOfRegistry } = await import("../registry-sign");
  const place = {
    ...(registryTable !== undefined && { table: registryTable }),
    ...(region !== undefined && { region }),
  };
  const publicKeys = [pem(publicKey)];
  const store = await storeOf(place, registry);
  const stored = await progress(io, `reading ${store.name}`, store.read());
  if (stored === undefined) throw new CliError(`there is no registry at ${store.name}: name a signed one`);
  return agentsOfRegistry(stored.bytes, { publicKeys, scope, trustDomain });
}
