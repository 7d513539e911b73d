import { setTimeout as sleep } from "node:timers/promises";
import { codesIn } from "../../e2e/gateway/call";
import { asked } from "../gateway/load";
import { ambitSide } from "./sides";
import { CLERK, otherAgent, TASK } from "./fleet";
import type { Routes } from "./result";
import { WaysInWorld } from "./world";

const PAUSE_MILLISECONDS = 50;
/** After which nothing is waited for any more */
const MOST_SECONDS = 120;
/** Of a request whose agent is not declared, and of one whose agent has no pod */
const [UNKNOWN, WITHOUT_POD] = ["way.route", "way.agent"] as const;

/** One agent is published besides, and asked for until the gateway knows it. @throws Error where it never does */
export async function measuredRoutes(world: WaysInWorld): Promise<Routes> {
  const { gateway, agents, loadedSeconds } = world;
  const more = world.fleetOf(agents + 1);
  const [before, after] = [gateway.envoyConfig(), gateway.envoyConfig({ fleet: more })];
  const added = otherAgent(agents - 1);
  const first = await answered(world, added);
  if (first !== UNKNOWN) throw new Error(`${added} is there before it is published: ${first}`);
  await gateway.published(more);
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1_000;
  for (;;) {
    const code = await answered(world, added);
    if (code === WITHOUT_POD) break;
    if (seconds() > MOST_SECONDS) throw new Error(`${added} is not there after ${MOST_SECONDS} s: ${code}`);
    await sleep(PAUSE_MILLISECONDS);
  }
  return {
    loadedSeconds,
    addedSeconds: seconds(),
    envoyBytes: Buffer.byteLength(before),
    isEnvoyChanged: before !== after,
  };
}

/** Why the gateway refuses a request for an agent */
async function answered(world: WaysInWorld, agent: string): Promise<string | undefined> {
  const host = WaysInWorld.hostOf(agent);
  const side = { ...ambitSide("", world), servername: host };
  const authorization = `Bearer ${world.gateway.evidence(CLERK, TASK)}`;
  const { text } = await asked(side, { headers: { host, authorization } });
  return codesIn(text)[0];
}
