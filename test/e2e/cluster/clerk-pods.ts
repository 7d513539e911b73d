import type { KubeObject } from "../spire/kube-client";
import { agentPods } from "./agent-checks";
import type { UserEvidence } from "./aws/login";

const SPIFFE_ID = "spiffe://prod.acme.example/ns/finance/sa/refund-clerk";

/** An agent that serves nothing, so that its companion takes what proves the start of a run */
export const CLERK = {
  namespace: "finance",
  labels: { "ambit.internal/agent": "refund-clerk" },
  spiffeId: SPIFFE_ID,
  /** Of the token that starts its task `look` */
  evidence: evidenceFor("look"),
  evidenceFor,
};

function evidenceFor(task: string): UserEvidence {
  return { agentId: SPIFFE_ID, scope: `ambit:refund-clerk:${task}` };
}

const INBOUND = ["AMBIT_INBOUND", "AMBIT_POD_IP"];

/**
 * Pods of the agent `refund-clerk`, whose declaration names a namespace and no image: those that are rendered for
 * `support-triage`, with its names in place of that one's, and without the way in and the question whether it is ready.
 */
export function clerkPods(rendered: KubeObject): KubeObject {
  const text = JSON.stringify(agentPods(rendered))
    .replaceAll('"support-triage"', '"refund-clerk"')
    .replace('"namespace":"support"', '"namespace":"finance"');
  return JSON.parse(text, (key, value: unknown) => {
    if (key === "readinessProbe") return undefined;
    return key === "env" ? outbound(value as readonly Variable[]) : value;
  }) as KubeObject;
}

interface Variable {
  readonly name: string;
}

function outbound(variables: readonly Variable[]): readonly Variable[] {
  return variables.filter(({ name }) => !INBOUND.includes(name));
}
