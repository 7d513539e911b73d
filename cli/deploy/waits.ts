import type { Io } from "../program";
import { progress } from "../progress";
import type { Cluster } from "./cluster";
import type { Workload } from "./plan";

/** What a deploy waits for did not come in time: run again, it goes on there. */
export class WaitedInVain extends Error {
  public override readonly name = "WaitedInVain";
}

export interface Patience {
  readonly io: Io;
  /** Seconds after which it is given up */
  readonly seconds: number;
  sleep(milliseconds: number): Promise<void>;
}

/** Seconds between two looks */
const EVERY = 5;

/**
 * Poll until nothing is missing.
 *
 * @param missing what is missing, or undefined; an error counts as missing
 * @throws WaitedInVain with what was missing last
 */
export async function until(
  what: string,
  missing: () => Promise<string | undefined>,
  { io, seconds, sleep }: Patience,
): Promise<void> {
  const looks = Math.max(1, Math.ceil(seconds / EVERY));
  const look = async (): Promise<void> => {
    for (let count = 1; ; count++) {
      const lacking = await missing().catch((error: unknown) => (error as Error).message);
      if (lacking === undefined) return;
      if (count >= looks) throw new WaitedInVain(`waited ${seconds} s for ${what}: ${lacking}`);
      await sleep(EVERY * 1000);
    }
  };
  await progress(io, `waiting for ${what}`, look());
}

interface DaemonSet {
  readonly metadata: { readonly generation?: number };
  readonly status?: Readonly<
    Partial<
      Record<
        "desiredNumberScheduled" | "numberAvailable" | "numberReady" | "observedGeneration" | "updatedNumberScheduled",
        number
      >
    >
  >;
}

/** Why a DaemonSet is not ready on every node; undefined if it is */
export async function unready(cluster: Pick<Cluster, "get">, workload: Workload): Promise<string | undefined> {
  const { namespace, name } = workload;
  const found = await cluster.get(`/apis/apps/v1/namespaces/${namespace}/daemonsets/${name}`);
  const called = `daemonset ${namespace}/${name}`;
  if (found === undefined) return `${called} is not there`;
  const { metadata, status = {} } = found as DaemonSet;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 1)) return `${called} was not looked at yet`;
  const wanted = status.desiredNumberScheduled ?? 0;
  if (wanted === 0) return `${called} runs on no node`;
  const ready = Math.min(status.updatedNumberScheduled ?? 0, status.numberReady ?? 0, status.numberAvailable ?? 0);
  if (ready >= wanted) return undefined;
  return `${called} is ready on ${ready} of ${wanted} nodes: kubectl -n ${namespace} rollout status daemonset/${name}`;
}

interface PodList {
  readonly metadata?: { readonly continue?: string };
  readonly items: readonly {
    readonly metadata: { readonly namespace: string; readonly name: string };
    readonly spec: { readonly volumes?: readonly { readonly csi?: { readonly driver?: string } }[] };
    readonly status?: { readonly phase?: string };
  }[];
}

const PAGE = 500;
const SHOWN = 5;
const ENDED = ["Failed", "Succeeded"];

/** Pods with a volume of the driver; undefined if there are none */
export async function mountedBy(cluster: Pick<Cluster, "get">, driver: string): Promise<string | undefined> {
  const pods: string[] = [];
  let next = "";
  do {
    const query = next === "" ? "" : `&continue=${encodeURIComponent(next)}`;
    const list = (await cluster.get(`/api/v1/pods?limit=${PAGE}${query}`)) as PodList | undefined;
    if (list?.items === undefined) return "the cluster did not answer with a list of its pods";
    for (const { metadata, spec, status } of list.items) {
      const has = (spec.volumes ?? []).some(({ csi }) => csi?.driver === driver);
      if (has && !ENDED.includes(status?.phase ?? "")) pods.push(`${metadata.namespace}/${metadata.name}`);
    }
    next = list.metadata?.continue ?? "";
  } while (next !== "");
  if (pods.length === 0) return undefined;
  const more = pods.length > SHOWN ? ` and ${pods.length - SHOWN} more` : "";
  const fix = "without the driver no node can unmount them: see docs/destroy-a-platform.md";
  return `volumes of ${driver} are mounted by ${pods.sort().slice(0, SHOWN).join(", ")}${more}: ${fix}`;
}

export type FetchJson = (url: string) => Promise<unknown>;

/** Why IAM cannot fetch the keys of an issuer; undefined if it can */
export async function unanswered(issuer: string, fetchJson: FetchJson): Promise<string | undefined> {
  const base = issuer.replace(/\/$/, "");
  const discovery = (await fetchJson(`${base}/.well-known/openid-configuration`)) as {
    readonly issuer?: unknown;
    readonly jwks_uri?: unknown;
  };
  if (discovery.issuer !== issuer) {
    return `${base} must say that it is ${issuer}, got ${JSON.stringify(discovery.issuer)}`;
  }
  if (typeof discovery.jwks_uri !== "string") return `${base} does not say where its keys are`;
  const { keys } = (await fetchJson(discovery.jwks_uri)) as { readonly keys?: unknown };
  return Array.isArray(keys) && keys.length > 0 ? undefined : `${discovery.jwks_uri} has no keys`;
}

export const fetchJson: FetchJson = async (url) => {
  const failed = (error: unknown): never => {
    const { message, cause } = error as Error;
    throw new Error(`${url} does not answer: ${cause instanceof Error ? cause.message : message}`);
  };
  const answer = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(10_000) }).catch(failed);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return (await answer.json().catch(failed)) as unknown;
};
