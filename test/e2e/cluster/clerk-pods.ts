import type { KubeObject } from "../spire/kube-client";
import { agentPods } from "./agent-checks";
import { hostedPods } from "./agent/hosted-pods";
import type { UserEvidence } from "./aws/login";

const NAME = "refund-clerk";
const SPIFFE_ID = `spiffe://prod.acme.example/ns/finance/sa/${NAME}`;

/** An agent that serves nothing, so that its companion takes what proves the start of a run */
export const CLERK = {
  namespace: "finance",
  labels: { "ambit.internal/agent": NAME },
  spiffeId: SPIFFE_ID,
  /** Of the token that starts its task `look` */
  evidence: evidenceFor("look"),
  evidenceFor,
};

function evidenceFor(task: string): UserEvidence {
  return { agentId: SPIFFE_ID, scope: `ambit:${NAME}:${task}` };
}

/** Pods of the agent `refund-clerk`, whose declaration names a namespace and no image */
export function clerkPods(): KubeObject {
  return agentPods(hostedPods(NAME));
}
