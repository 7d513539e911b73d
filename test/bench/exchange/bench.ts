import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { machineName } from "../machine";
import { compareColdStarts } from "./cold-starts";
import { example, fleetOf } from "./fleets";
import { type Load, cpuMicroseconds, LoadClient } from "./load";
import { processors } from "./processors";
import { type ExchangeResult, MEMORY, SIZES } from "./result";
import { sampleOf } from "./sample";
import {
  type Asked,
  partsOf,
  startEcho,
  startExchange,
  startKeycloaks,
  startOnMoto,
  written,
  type Yard,
} from "./servers";
import { inTurns } from "./turns";
import { Workshop } from "./workshop";
import { ExchangeWorld } from "./world";

export interface ExchangeBenchProps {
  readonly rounds: number;
  /** Of each load */
  readonly seconds: number;
  /** Of the function and of an empty handler */
  readonly coldStarts: number;
  /** Requests before the first round */
  readonly warmUp: { readonly exchange: number; readonly keycloak: number };
  readonly progress: (text: string) => void;
}

/**
 * moto is slow, and copies its table for each transaction: requests run one by one, and few enough that it
 * still answers within the SDK's time at the end.
 */
const MOTO = { requests: 25, callers: 1 };
const PARTS_CALLS = 3_000;

/** The exchange beside Keycloak, beside its own parts, in fleets of several sizes, and as a function. */
export async function exchangeBench(props: ExchangeBenchProps): Promise<ExchangeResult> {
  const busy = loadavg()[0] ?? 0;
  const folder = mkdtempSync(join(tmpdir(), "ambit-bench-"));
  const tidy = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", tidy);
  const stops: (() => Promise<unknown>)[] = [];
  const atEnd: Yard["atEnd"] = (stop) => void stops.push(stop);
  try {
    props.progress("compiling");
    const on = await processors();
    const workshop = await Workshop.in(join(folder, "compiled"), on);
    const yard: Yard = { folder, on, workshop, client: await LoadClient.in(folder, on), atEnd };
    const compared = await compare(yard, props);
    return {
      machine: machineName(),
      busy,
      processors: on.text,
      ...compared,
      fleets: await compareFleets(yard, props),
      functions: await compareColdStarts(yard, props),
    };
  } finally {
    for (const stop of stops.reverse()) await stop();
    tidy();
    process.off("exit", tidy);
  }
}

/** All in the same rounds */
async function compare(
  yard: Yard,
  { rounds, seconds, warmUp, progress }: ExchangeBenchProps,
): Promise<Pick<ExchangeResult, "stores" | "keycloaks" | "parts">> {
  const world = await worldIn(yard, "example", example());
  const sample = written(yard.folder, await sampleOf(world));
  progress("starting the exchange with each store");
  const memory = await startExchange(yard, world, MEMORY, { store: { memory: {} } });
  const level = await startExchange(yard, world, "level", { store: { level: { folder: join(yard.folder, "level") } } });
  const dynamodb = await startOnMoto(yard, world);
  const echo = await startEcho(yard, world, sample);
  const parts = partsOf(yard, world, sample, PARTS_CALLS);
  progress("starting Keycloak");
  const keycloaks = await startKeycloaks(yard, world);

  for (const { name, ask } of keycloaks) await warmed(name, ask, warmUp.keycloak, progress);
  await warmed("the exchange", memory, warmUp.exchange, progress);
  for (const ask of [level, echo]) await ask({ requests: warmUp.exchange / 4 });
  await dynamodb(MOTO);

  progress(`Keycloak, the exchange and its parts, ${rounds} rounds`);
  const timed =
    (ask: Asked, share = 1) =>
    () =>
      ask({ seconds: seconds * share });
  const loads = await inTurns<Load | Awaited<ReturnType<typeof parts>>>(
    {
      [MEMORY]: timed(memory),
      ...Object.fromEntries(keycloaks.map(({ name, ask }) => [name, timed(ask)])),
      echo: timed(echo, 1 / 2),
      parts,
      level: timed(level, 1 / 2),
      DynamoDB: () => dynamodb(MOTO),
    },
    rounds,
  );
  const of = (name: string) => (loads[name] ?? []) as readonly Load[];
  const inProcess = (loads.parts ?? []) as readonly Awaited<ReturnType<typeof parts>>[];
  return {
    stores: { [MEMORY]: of(MEMORY), level: of("level"), DynamoDB: of("DynamoDB") },
    keycloaks: keycloaks.map(({ name, java }) => ({ name, java, loads: of(name) })),
    parts: of("echo").map((load, round) => ({
      ...(inProcess[round] as Awaited<ReturnType<typeof parts>>),
      echo: cpuMicroseconds(load),
    })),
  };
}

/** One process of the exchange for each fleet */
async function compareFleets(
  yard: Yard,
  { rounds, seconds, warmUp, progress }: ExchangeBenchProps,
): Promise<ExchangeResult["fleets"]> {
  progress(`fleets of ${SIZES.map((agents) => agents.toLocaleString("en")).join(", ")} agents`);
  const asks: [string, Asked][] = [];
  for (const agents of SIZES) {
    const world = await worldIn(yard, `fleet-${agents}`, fleetOf(agents));
    const ask = await startExchange(yard, world, `fleet-${agents}`, { store: { memory: {} } });
    await ask({ requests: warmUp.exchange / 2 });
    asks.push([`${agents}`, ask]);
  }
  progress(`fleets, ${rounds} rounds`);
  const timed = asks.map(([agents, ask]) => [agents, () => ask({ seconds: seconds / 2 })] as const);
  return inTurns(Object.fromEntries(timed), rounds);
}

async function worldIn({ folder, atEnd }: Yard, name: string, fleet: Parameters<typeof ExchangeWorld.in>[1]) {
  const world = await ExchangeWorld.in(join(folder, `world-${name}`), fleet);
  atEnd(() => world.close());
  return world;
}

async function warmed(name: string, ask: Asked, requests: number, progress: (text: string) => void): Promise<void> {
  progress(`warming ${name} up, ${requests.toLocaleString("en")} exchanges`);
  await ask({ requests });
}
