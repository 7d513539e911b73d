import type { ExchangeConfig } from "../../../runtime/exchange/config";
import { toolToken } from "../../e2e/gateway/call";
import { GatewayWorld } from "../../e2e/gateway/gateway-world";
import { Collector } from "../../support/telemetry/collector";
import { engines } from "../engines";
import { inTurns } from "../exchange/turns";
import { load } from "../gateway/load";
import { spentMicroseconds } from "../gateway/processes";
import { bundledPrograms } from "../gateway/programs";
import { ambitSide } from "../gateway/sides";
import { machineName } from "../machine";
import type { Place, Side, TelemetryResult } from "./result";

export interface TelemetryBench {
  readonly rounds: number;
  /** Calls of a round through the gateway, and ten times fewer tokens of the exchange */
  readonly calls: number;
  /** Calls of each side before the first round, until its code is compiled */
  readonly warmUp: number;
  readonly progress: (step: string) => void;
}

const TOKENS_SHARE = 10;
/** Tokens that are asked for at once */
const AT_ONCE = 8;
/** For what is sent behind the answers: spans wait for 2 s, and count */
const SETTLING_MILLISECONDS = 3_000;

/** Tokens and calls with a collector and without, in turns: what traces and metrics take of a processor, sending them included */
export async function telemetryBench(props: TelemetryBench): Promise<TelemetryResult> {
  const { rounds, calls, warmUp, progress } = props;
  const { busy, envoy, spire, suite, folder } = await engines();
  const collector = new Collector();
  try {
    const { node, nodeVersion, exchange, authorizer } = await bundledPrograms(folder);
    const address = await collector.listen();
    const store = (): ExchangeConfig["store"] => ({ memory: {} });
    const worldOf = (side: Side): Promise<GatewayWorld> => {
      progress(`Envoy, SPIRE, exchange and authorizer start: ${side}`);
      const measured = side === "on" ? { collector: address } : {};
      return GatewayWorld.start(suite, spire, envoy, { store, node, mains: { exchange, authorizer }, ...measured });
    };
    const worlds = { off: await worldOf("off"), on: await worldOf("on") };
    const places: Readonly<Record<Place, (world: GatewayWorld, count: number) => Promise<number>>> = {
      token: (world, count) => spentOnTokens(world, Math.ceil(count / TOKENS_SHARE)),
      call: (world, count) => spentOnCalls(world, count),
    };
    const measured = async (place: Place) => {
      const of = (side: Side) => () => places[place](worlds[side], calls);
      progress(`warming up, then ${rounds} rounds: ${place}`);
      for (const side of ["off", "on"] as const) await places[place](worlds[side], warmUp);
      const { off = [], on = [] } = await inTurns({ off: of("off"), on: of("on") }, rounds);
      return { off, on };
    };
    const results = { token: await measured("token"), call: await measured("call") };
    return {
      machine: `${machineName()}, programs on Node ${nodeVersion}`,
      busy,
      ...results,
      spans: collector.spans.length,
    };
  } finally {
    await suite.putAway();
    await collector.close();
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
