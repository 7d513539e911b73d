import type { GatewayWorld } from "../gateway/gateway-world";
import type { Arrived } from "../gateway/recording-tool";
import type { WaysInWorld } from "./ways-in-world";

/** That callers of an agent of A2A name */
export function pushUrl(at: WaysInWorld, agent: "researcher" | "web-reader"): string {
  const { a2a } = at.pushesOf(agent);
  if (a2a === undefined) throw new Error(`${agent} declares no pushes`);
  return a2a.url;
}

/** What arrived of a task at the receiver */
export function pushesOf({ tool }: GatewayWorld, task: string): readonly Arrived[] {
  return tool.arrived.filter(({ path, body }) => path === "/v1/pushes" && body.includes(task));
}
