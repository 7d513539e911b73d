import type { ExchangeConfig } from "../../../runtime/exchange/config";
import { createTable, REGION, SERIAL_MOTO } from "../../e2e/exchange/state-table";
import { GatewayWorld } from "../../e2e/gateway/gateway-world";
import type { GatewayWorldOptions } from "../../e2e/gateway/gateway-world-options";
import type { Suite } from "../../e2e/harness/suite";
import { motoPython, startMoto } from "../../e2e/terraform/moto";
import { median } from "../comparison";
import { engines } from "../engines";
import { inTurns } from "../exchange/turns";
import { FACTS } from "../facts";
import { machineName } from "../machine";
import { type Load, load, openLoad, type Side } from "./load";
import { mcpSides } from "./mcp-sides";
import { residentBytes } from "./processes";
import { bundledPrograms } from "./programs";
import { ALLOW, AMBIT, DYNAMODB, FLEETS, type GatewayResult, LARGE, LEVEL, type Loads, type LongRun } from "./result";
import { ambitSide, askingSide, otherSides } from "./sides";

/** Agents of the fleet that call in each world */
const CALLING = 3;
/** Of a long run: a token is good for five minutes. */
const CALLS_OF_A_TOKEN = 10_000;
/** moto copies its table for each transaction: one call at a time, and so few that it still answers */
const ON_MOTO = { calls: 25, callers: 1 } as const;
/** Until garbage of the last load is collected, or not */
const RESTING_MILLISECONDS = 3_000;
const HALF = 0.5;
const TABLE = "exchange";
/** Before the names of sides that call a tool of the MCP server */
const OVER_MCP = "MCP: ";

const inMemory = (): ExchangeConfig["store"] => ({ memory: {} });

export interface GatewayBench {
  readonly rounds: number;
  /** Calls of a round */
  readonly calls: number;
  /** Calls of each side before the first round, until its code is compiled */
  readonly warmUp: number;
  /** Rounds of calls that come at half of the rate that the chain can take, and how long each lasts */
  readonly open: { readonly rounds: number; readonly seconds: number };
  /** Calls of the run after which memory is looked at again */
  readonly longRun: number;
  readonly progress: (step: string) => void;
}

/** One call of a tool by each way, in turns; then calls that come by themselves, and many of them. */
export async function gatewayBench({
  rounds,
  calls,
  warmUp,
  open,
  longRun,
  progress,
}: GatewayBench): Promise<GatewayResult> {
  const { busy, envoy, spire, suite, folder } = await engines();
  try {
    const { allowing, answering, node, nodeVersion, ...mains } = await bundledPrograms(folder);
    const worldOf = (step: string, options: GatewayWorldOptions): Promise<GatewayWorld> => {
      progress(`Envoy, SPIRE, exchange and authorizer start: ${step}`);
      return GatewayWorld.start(suite, spire, envoy, { ...options, node });
    };
    const world = await worldOf(AMBIT, { store: inMemory, bystanders: FLEETS.small - CALLING, mains });
    const level = await worldOf(LEVEL, {
      store: (folder) => ({ level: { folder } }),
      // The image has no such store.
      mains: { authorizer: mains.authorizer },
    });
    const large = await worldOf(LARGE, { store: inMemory, bystanders: FLEETS.large - CALLING, mains });
    const others = await otherSides(suite, world, { envoy, node, allowing });
    const asking = await askingSide(suite, world, { envoy, node, allowing, answering });
    const overMcp = await mcpSides(suite, (options) => worldOf("MCP", { store: inMemory, mains, ...options }), {
      envoy,
      node,
      allowing,
    });
    const ambit = ambitSide(AMBIT, world);
    const sides = [...others, asking, ambit, ambitSide(LEVEL, level), ambitSide(LARGE, large)];
    const named = { ...byName(sides), ...byName(overMcp.sides, OVER_MCP) };
    for (const [name, side] of Object.entries(named)) {
      progress(`warming up: ${name}`);
      await load(side, warmUp);
    }
    progress(`${rounds} rounds`);
    const turns = Object.entries(named).map(([name, side]) => [name, (): Promise<Load> => load(side, calls)] as const);
    const all = await inTurns(Object.fromEntries(turns), rounds);
    const loadsOf = (of: readonly Side[], prefix = ""): Loads =>
      Object.fromEntries(of.map(({ name }) => [name, all[`${prefix}${name}`] ?? []]));
    const loads = loadsOf(sides);
    const perSecond = Math.round(HALF * median((loads[AMBIT] ?? []).map(({ answers, seconds }) => answers / seconds)));
    progress(`${open.rounds} rounds of ${perSecond} calls a second`);
    const compared = [ambit, asking, ...others.filter(({ name }) => name === ALLOW)];
    const opened = await inTurns(
      Object.fromEntries(
        compared.map((side) => [side.name, (): Promise<Load> => openLoad(side, { perSecond, seconds: open.seconds })]),
      ),
      open.rounds,
    );
    progress(`${longRun.toLocaleString("en")} calls`);
    const long = await longRunOf(ambit, world, longRun);
    // Behind all others, whose processors moto would take.
    const store = await storeOnMoto(suite);
    const slow = ambitSide(DYNAMODB, await worldOf(DYNAMODB, { store: () => store, mains }));
    progress(`${rounds} rounds of ${ON_MOTO.calls} calls with DynamoDB`);
    const onMoto = (): Promise<Load> => load(slow, ON_MOTO.calls, ON_MOTO.callers);
    await onMoto();
    const { [DYNAMODB]: dynamoDb = [] } = await inTurns({ [DYNAMODB]: onMoto }, rounds);
    return {
      machine: `${machineName()}, programs on Node ${nodeVersion}`,
      busy,
      loads,
      mcp: { loads: loadsOf(overMcp.sides, OVER_MCP), absent: overMcp.absent },
      open: { perSecond, loads: opened },
      longRun: long,
      dynamoDb,
    };
  } finally {
    await suite.putAway();
  }
}

function byName(sides: readonly Side[], prefix = ""): Readonly<Record<string, Side>> {
  return Object.fromEntries(sides.map((side) => [`${prefix}${side.name}`, side]));
}

/** A table of DynamoDB, for which moto stands in as in the exchange's end-to-end tests */
async function storeOnMoto(suite: Suite): Promise<ExchangeConfig["store"]> {
  const moto = await startMoto(await motoPython(), FACTS.account, [SERIAL_MOTO]);
  suite.afterwards(() => moto.stop());
  await createTable(moto.url, TABLE);
  return { dynamodb: { table: TABLE, region: REGION, endpoint: moto.url } };
}

async function longRunOf(side: Side, { envoy, authorizer }: GatewayWorld, calls: number): Promise<LongRun> {
  const pids = [envoy.pid, authorizer.pid];
  const before = await restingBytes(pids);
  let [left, failed] = [calls, 0];
  for (; left > 0; left -= CALLS_OF_A_TOKEN) {
    failed += (await load(side, Math.min(left, CALLS_OF_A_TOKEN))).failed;
  }
  return { calls, failed, before, after: await restingBytes(pids) };
}

async function restingBytes(pids: readonly number[]): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, RESTING_MILLISECONDS));
  return pids.reduce((sum, pid) => sum + residentBytes(pid), 0);
}
