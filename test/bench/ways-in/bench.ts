import { engines } from "../engines";
import { inTurns } from "../exchange/turns";
import { type Load, load } from "../gateway/load";
import { machineName } from "../machine";
import { waysInPrograms } from "./programs";
import { AMBIT, FLEETS, LARGE, type WaysInResult } from "./result";
import { measuredRoutes } from "./routes";
import { ambitSide, otherSides } from "./sides";
import { WaysInWorld } from "./world";

export interface WaysInBench {
  readonly rounds: number;
  /** Requests of a round */
  readonly requests: number;
  /** Requests of each side before the first round, until its code is compiled */
  readonly warmUp: number;
  readonly progress: (step: string) => void;
}

/** A user's request to an agent that calls a tool once, by each way, in turns; then what one agent more takes. */
export async function waysInBench({ rounds, requests, warmUp, progress }: WaysInBench): Promise<WaysInResult> {
  const { busy, envoy, spire, suite, folder } = await engines();
  try {
    const programs = await waysInPrograms(folder);
    const worldOf = (agents: number): Promise<WaysInWorld> => {
      progress(`Envoy, SPIRE, exchange, authorizer and companion start: ${agents.toLocaleString("en")} agents`);
      return WaysInWorld.start({ suite, spire, envoy, programs, agents });
    };
    const [small, large] = [await worldOf(FLEETS.small), await worldOf(FLEETS.large)];
    const others = await otherSides(suite, { world: small, envoy, programs });
    const sides = [...others, ambitSide(AMBIT, small), ambitSide(LARGE, large)];
    for (const side of sides) {
      progress(`warming up: ${side.name}`);
      await load(side, warmUp);
    }
    progress(`${rounds} rounds`);
    const turns = sides.map((side) => [side.name, (): Promise<Load> => load(side, requests)] as const);
    const loads = await inTurns(Object.fromEntries(turns), rounds);
    progress("one agent more");
    return {
      machine: `${machineName()}, programs on Node ${programs.nodeVersion}`,
      busy,
      loads,
      processes: Object.fromEntries(sides.map(({ name, processes }) => [name, Object.keys(processes)])),
      routes: await measuredRoutes(large),
    };
  } finally {
    await suite.putAway();
  }
}
