import { LIVE, type PodAnswers } from "../../pod-server";

export interface PodAnswersProps {
  /** Names of the parts that keep the pod from serving */
  readonly unready: () => Promise<readonly string[]>;
  /** Resolves when the pod is out of service */
  readonly drained: () => Promise<void>;
}

/** What the kubelet asks of the gateway's pod: whether it lives, whether it is ready, and that it be drained */
export function podAnswers({ unready, drained }: PodAnswersProps): PodAnswers {
  return {
    ...LIVE,
    "/ready": async () => {
      const parts = await unready();
      if (parts.length === 0) return { status: 200, body: { status: "ok" } };
      return { status: 503, body: { status: "unready", not_ready: parts } };
    },
    "/drain": async () => {
      await drained();
      return { status: 200, body: { status: "drained" } };
    },
  };
}
