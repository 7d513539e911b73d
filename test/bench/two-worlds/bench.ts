import { toolToken } from "../../e2e/gateway/call";
import { GatewayWorld } from "../../e2e/gateway/gateway-world";
import type { GatewayWorldOptions } from "../../e2e/gateway/gateway-world-options";
import type { Suite } from "../../e2e/harness/suite";
import { engines } from "../engines";
import { inTurns } from "../exchange/turns";
import { load } from "../gateway/load";
import { spentMicroseconds } from "../gateway/processes";
import { bundledPrograms, type Programs } from "../gateway/programs";
import { ambitSide } from "../gateway/sides";
import { machineName } from "../machine";
import type { Place, Side, Spent, TwoWorldsResult } from "./result";

export interface TwoWorldsBench {
  readonly rounds: number;
  /** Calls of a round through the gateway, and ten times fewer tokens of the exchange */
  readonly calls: number;
  /** Calls of each side before the first round, until its code is compiled */
  readonly warmUp: number;
  readonly progress: (step: string) => void;
}

/** What a side is made of */
export interface Workplace {
  readonly suite: Suite;
  readonly folder: string;
  readonly programs: Programs;
}

export type WorldOptions = (side: Side, workplace: Workplace) => GatewayWorldOptions | Promise<GatewayWorldOptions>;

const TOKENS_SHARE = 10;
/** Tokens that are asked for at once */
const AT_ONCE = 8;
/** For what is done behind the answers, which counts too: spans wait for 2 s */
const SETTLING_MILLISECONDS = 3_000;

/** Tokens and calls in a world that has something and in one that does not, in turns: what it takes of a processor */
export async function twoWorldsBench(
  { rounds, calls, warmUp, progress }: TwoWorldsBench,
  optionsOf: WorldOptions,
): Promise<TwoWorldsResult> {
  const { busy, envoy, spire, suite, folder } = await engines();
  try {
    const programs = await bundledPrograms(folder);
    const { node, nodeVersion, exchange, authorizer } = programs;
    const worldOf = async (side: Side): Promise<GatewayWorld> => {
      progress(`Envoy, SPIRE, exchange and authorizer start: ${side}`);
      const common = { store: () => ({ memory: {} }), node, mains: { exchange, authorizer } };
      const own = await optionsOf(side, { suite, folder, programs });
      return GatewayWorld.start(suite, spire, envoy, { ...common, ...own });
    };
    const worlds = { off: await worldOf("off"), on: await worldOf("on") };
    const places: Readonly<Record<Place, (world: GatewayWorld, count: number) => Promise<number>>> = {
      token: (world, count) => spentOnTokens(world, Math.ceil(count / TOKENS_SHARE)),
      call: (world, count) => spentOnCalls(world, count),
    };
    const measured = async (place: Place): Promise<Spent> => {
      const of = (side: Side) => () => places[place](worlds[side], calls);
      progress(`warming up, then ${rounds} rounds: ${place}`);
      for (const side of ["off", "on"] as const) await places[place](worlds[side], warmUp);
      const { off = [], on = [] } = await inTurns({ off: of("off"), on: of("on") }, rounds);
      return { off, on };
    };
    const results = { token: await measured("token"), call: await measured("call") };
    return { machine: `${machineName()}, programs on Node ${nodeVersion}`, busy, ...results };
  } finally {
    await suite.putAway();
  }
}

/** Microseconds of the exchange's processor for a token */
async function spentOnTokens(world: GatewayWorld, count: number): Promise<number> {
  const pids = [world.exchange.process.pid];
  return spent(pids, count, async () => {
    for (let left = count; left > 0; left -= AT_ONCE) {
      const some = Array.from({ length: Math.min(left, AT_ONCE) }, () => toolToken(world, "clerk", "work", "crm"));
      await Promise.all(some);
    }
  });
}

/** Microseconds of Envoy's, the authorizer's and the exchange's processor for a call */
async function spentOnCalls(world: GatewayWorld, count: number): Promise<number> {
  const side = ambitSide("", world);
  return spent(side.pids, count, async () => {
    const { failed } = await load(side, count);
    if (failed > 0) throw new Error(`${failed} calls failed`);
  });
}

async function spent(pids: readonly number[], count: number, act: () => Promise<void>): Promise<number> {
  const before = spentMicroseconds(pids);
  await act();
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MILLISECONDS));
  return (spentMicroseconds(pids) - before) / count;
}
