import { isIP } from "node:net";
import { z } from "zod";
import type { Concurrency } from "../../../domain";
import { LABEL, whole } from "../../../domain/registry/names";
import { checked } from "../../checked-config";
import { fits, object } from "../../config-values";
import type { PushedTo } from "../../../domain/pushes";
import { type ListenAddress, listenAddress } from "../listening";

const VARIABLE = "AMBIT_INBOUND";
const LEAST_PORT = 1_024;
const MOST_PORT = 65_535;

export interface WayIn {
  /** Of the agent's own code */
  readonly port: number;
  /** Path at which it takes A2A; left out for HTTP */
  readonly a2a?: string | undefined;
  /** Where push notifications of A2A go; left out if push is not offered */
  readonly pushes?: PushedTo | undefined;
}

/** Ways in by their name */
export type Ways = ReadonlyMap<string, WayIn>;

export interface InboundConfig {
  readonly listen: ListenAddress;
  /** Readiness listener for the kubelet; left out if there is no probe */
  readonly ready?: ListenAddress | undefined;
  readonly ways: Ways;
  readonly concurrency: Concurrency;
  /** Of the pod */
  readonly address: string;
  /** SPIFFE ID that the gateway must show; undefined for the one in the own trust domain */
  readonly gatewayId: string | undefined;
}

const port = `must be a port from ${LEAST_PORT} to ${MOST_PORT}`;
const way = object({
  port: z.int({ error: port }).min(LEAST_PORT, { error: port }).max(MOST_PORT, { error: port }),
  a2a: z.string().startsWith("/", { error: "must be the path at which the agent takes A2A" }).optional(),
  pushes: object({
    url: fits(
      (value) => URL.canParse(value) && new URL(value).protocol === "https:",
      "the https address that callers name",
    ),
    tool: fits((value) => whole(LABEL).test(value), "the name of a tool"),
    path: fits((value) => value.startsWith("/"), "the path at the tool"),
  }).optional(),
}).refine(({ a2a, pushes }) => a2a !== undefined || pushes === undefined, { error: "must have a2a beside pushes" });

const ways = z
  .record(z.string().regex(whole(LABEL)), way, {
    error: ({ code }) =>
      code === "invalid_key" ? "must be the name of a way in" : "must be an object of ways in, each with its port",
  })
  .refine((value) => Object.keys(value).length > 0, { error: "must have a way in" });

const concurrency = z.enum(["many-users", "one-user"], { error: "must be many-users or one-user" });

const inbound = object({
  listen: fits((value) => listenAddress(value) !== undefined, "<IP address>:<port>, such as 0.0.0.0:7465"),
  ready: fits((value) => listenAddress(value) !== undefined, "<IP address>:<port>, such as 0.0.0.0:7466").optional(),
  ways,
  concurrency,
  address: fits((value) => isIP(value) !== 0, "the IP address of the pod"),
});

/**
 * What the agent serves, as the environment says it
 *
 * @throws Error
 */
export function inboundIn(text: string): Omit<InboundConfig, "gatewayId"> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${VARIABLE} must be JSON: ${(error as Error).message}`);
  }
  const { listen, ready, ways, concurrency, address } = checked(inbound, value, VARIABLE);
  const found = listenAddress(listen) as ListenAddress;
  const asked = ready === undefined ? undefined : listenAddress(ready);
  return { listen: found, ready: asked, ways: new Map(Object.entries(ways)), concurrency, address };
}
