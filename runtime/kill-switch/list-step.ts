import type { KillSwitchConfig } from "./config";
import type { Answered, Sent } from "../workload-api/https-send";
import { failureOf } from "./tried";

export interface ListStepProps {
  readonly cluster: KillSwitchConfig["cluster"];
  /** Bearer token for the API server */
  readonly token: () => Promise<string>;
  readonly send: (sent: Sent) => Promise<Answered>;
}

/** Too many requests: a later try may pass */
const PASSING: readonly number[] = [429];

/**
 * Put an agent on the list that admission reads, once: no new pod of it starts.
 *
 * @throws Refused if the API server refused; Error where it did not answer
 */
export async function listed({ cluster, token, send }: ListStepProps, agent: string, reason: string): Promise<void> {
  const { address, certificateAuthority, namespace, list } = cluster;
  const { status, text } = await send({
    method: "PATCH",
    address: `${address}/api/v1/namespaces/${namespace}/configmaps/${list}`,
    // RFC 7396: only this agent's key is written.
    headers: {
      "content-type": "application/merge-patch+json",
      accept: "application/json",
      authorization: `Bearer ${await token()}`,
    },
    body: JSON.stringify({ data: { [agent]: reason } }),
    ca: Buffer.from(certificateAuthority, "base64").toString("utf8"),
  });
  if (status === 200) return;
  throw failureOf(status, `the API server answered ${status} for ${namespace}/${list}: ${messageIn(text)}`, PASSING);
}

function messageIn(text: string): string {
  try {
    return String((JSON.parse(text) as { readonly message: unknown }).message).slice(0, 300);
  } catch {
    return "no reason was given";
  }
}
