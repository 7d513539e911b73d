import type { DeploymentV1SpecTemplateSpecContainer } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import type { AgentDeclaration } from "../../domain";

/** A name service answers with the pod for 30 s after it left its service, and the gateway keeps that for up to 5 s. */
const STILL_REACHED_SECONDS = 35;
/** For the agent to end what it has, as web frameworks do at SIGTERM */
const FINISHING_SECONDS = 15;
/**
 * The companion's share: 5 s for each of its two sides, and 2 s to report what it refused; the other 3 s are for
 * starting and ending programs.
 */
const CLOSING_SECONDS = 15;

/** How the pod of an agent ends */
export interface Stopping {
  /** Of the pod, after which it is killed */
  readonly graceSeconds: number;
  /** Of the companion; its own default where it is empty */
  readonly companion: Readonly<Record<string, string>>;
  readonly agent: Pick<DeploymentV1SpecTemplateSpecContainer, "lifecycle">;
}

/**
 * Requests reach a pod that serves for a while after Kubernetes has begun to end it, and many programs end at SIGTERM at once: so the
 * agent gets that later. Where its image has no `sleep`, Kubernetes tells so in an event and the agent ends at once.
 */
export function stoppingOf({ ways }: Pick<AgentDeclaration, "ways">): Stopping {
  if (ways.length === 0) return { graceSeconds: 30, companion: {}, agent: {} };
  const serving = STILL_REACHED_SECONDS + FINISHING_SECONDS;
  return {
    graceSeconds: serving + CLOSING_SECONDS,
    companion: { AMBIT_DRAIN_SECONDS: String(serving) },
    agent: { lifecycle: { preStop: [{ exec: { command: ["sleep", String(STILL_REACHED_SECONDS)] } }] } },
  };
}
