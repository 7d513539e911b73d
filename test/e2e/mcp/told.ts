import type { Got } from "../gateway/call";
import type { McpWorld } from "./suite";

interface Told {
  readonly error?: {
    readonly code?: number;
    readonly data?: { readonly reasons?: readonly { readonly code: string }[] };
  };
  readonly reasons?: readonly { readonly code: string }[];
}

/** Status, code of JSON-RPC and reasons */
export function saidIn({ status, text }: Got): string {
  const { error, reasons = error?.data?.reasons ?? [] } = JSON.parse(text) as Told;
  return `${status} ${error?.code} ${reasons.map(({ code }) => code).join()}`;
}

/** What reaches the server meanwhile, but for its lists, which the gateway asks for itself */
export async function reached({ servers }: McpWorld, act: () => Promise<void>): Promise<readonly string[]> {
  const before = servers.arrived.length;
  await act();
  return servers.arrived
    .slice(before)
    .map(({ body }) => body)
    .filter((body) => !/"(?:tools\/list|initialize|notifications\/initialized)"/.test(body) && body !== "");
}
