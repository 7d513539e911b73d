import type { Log } from "../../log";
import { PodServer } from "../../pod-server";
import type { AuthorizerConfig } from "../config";
import { Drain } from "./drain";
import { EnvoyAdmin } from "./envoy-admin";
import { podAnswers } from "./pod-answers";
import { type ReadinessProps, unready } from "./readiness";

export interface ServePodProps extends Pick<ReadinessProps, "exchange" | "registry" | "source"> {
  readonly log: Log;
}

/** Answer the kubelet, and take the pod out of service when it asks for that. */
export async function servePod(
  { listen, admin, drainSeconds }: NonNullable<AuthorizerConfig["pod"]>,
  { log, ...parts }: ServePodProps,
): Promise<PodServer> {
  const envoy = new EnvoyAdmin(admin);
  const drain = new Drain(envoy, drainSeconds, log);
  const server = new PodServer(
    podAnswers({ unready: () => unready({ ...parts, envoy, drain }), drained: () => drain.over() }),
  );
  await server.listen(listen);
  return server;
}
