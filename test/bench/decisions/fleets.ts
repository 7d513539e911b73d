import {
  type DecisionInput,
  type PolicyDocument,
  policyDocument,
  policyFactsOf,
  policyJson,
  registryOf,
} from "../../../domain";
import { bundleFiles, FLEET_DATA, type Files, tarGz } from "../../../policies/bundle";
import { benchAgents } from "../facts";
import { benchFleet, benchPlatform } from "../fleet";

/** Seconds since the epoch at which everything is asked: before the agents expire */
const NOW = Date.UTC(2026, 11, 1) / 1000;
const ASKERS = 10;
const MINUTE = 60;

export const REVISION = 1;

/** A fleet's policy, with requests of agents from all over it that are allowed */
export interface BenchPolicy {
  readonly agents: number;
  readonly policy: PolicyDocument;
  readonly calls: readonly DecisionInput[];
  readonly tokens: readonly DecisionInput[];
}

/** What synth writes of so many agents as the other benches declare them */
export function benchPolicy(agents: number): BenchPolicy {
  const policy = documentOf(agents)();
  const ids = Object.keys(policy.agents);
  const askers = Array.from({ length: ASKERS }, (_, index) => ids[Math.floor((index * agents) / ASKERS)] as string);
  const requests = (phase: DecisionInput["phase"]) => askers.map((spiffeId) => requestOf(policy, spiffeId, phase));
  return { agents, policy, calls: requests("call"), tokens: requests("issue") };
}

/** Makes the policy document of a fleet that has been declared already. */
function documentOf(agents: number): () => PolicyDocument {
  const fleet = benchFleet(benchAgents(agents));
  const platform = benchPlatform(agents);
  return () => policyDocument(registryOf(fleet, platform), policyFactsOf(fleet, { intentRequired: false }));
}

/** From declared agents to the bundle as it is uploaded, but for its signature */
export function bundleBuild(agents: number): () => Buffer {
  const document = documentOf(agents);
  return () => tarGz(bundleFiles(policyJson(document())));
}

/** Files of the bundle, with bytes of the fleet in it */
export function bundleOf({ policy }: BenchPolicy): { readonly files: Map<string, Buffer>; readonly dataBytes: number } {
  const files = bundleFiles(policyJson(policy));
  return { files, dataBytes: sizeOf(files, FLEET_DATA) };
}

function sizeOf(files: Files, name: string): number {
  return files.get(name)?.length ?? 0;
}

/** The agent reads a ticket for a user, or asks for the token to do so. */
function requestOf(policy: PolicyDocument, spiffeId: string, phase: DecisionInput["phase"]): DecisionInput {
  const name = policy.agents[spiffeId]?.name ?? "";
  return {
    version: "ambit.decision/1",
    phase,
    time: NOW,
    revisionSeen: REVISION,
    agent: { name, spiffeId },
    task: "answer",
    chain: [],
    user: { issuer: "https://login.acme.example", subject: "ida" },
    start: { by: "user", evidence: "verified" },
    run: { startedAt: NOW - MINUTE, expiresAt: NOW + 10 * MINUTE },
    session: {
      startedAt: NOW - 30 * MINUTE,
      lastUsedAt: NOW - MINUTE,
      mark: "internal",
      tainted: false,
      writable: null,
    },
    token: { audience: "tool:desk", expiresAt: NOW + 4 * MINUTE, scope: ["read"] },
    call:
      phase === "call"
        ? { tool: "desk", action: "read", destination: "desk.acme.example", data: ["tickets:read"] }
        : null,
    requestDigest: phase === "call" ? `sha256:${"1".repeat(64)}` : null,
    budgets: {},
    done: { run: [], session: [] },
    approval: null,
    revocation: { known: true, revoked: [] },
    intent: null,
  };
}
