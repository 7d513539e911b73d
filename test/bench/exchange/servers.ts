import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTables, REGION, SERIAL_MOTO, tablesAt } from "../../e2e/exchange/state-table";
import { Skipped } from "../../e2e/harness/suite";
import { type Moto, motoPython, startMoto } from "../../e2e/terraform/moto";
import type { ExchangeConfig } from "../../../runtime/exchange/config";
import { FACTS } from "../facts";
import { javas } from "./java";
import { Keycloak } from "./keycloak";
import { keycloakDistribution } from "../../e2e/oversight/keycloak-distribution";
import { type Load, type LoadClient, type Until } from "./load";
import type { Processors } from "./processors";
import { LIMITS, type Parts } from "./result";
import type { Sample } from "./sample";
import type { Workshop } from "./workshop";
import type { ExchangeWorld } from "./world";

/** Where servers of a bench lie, and how they are asked */
export interface Yard {
  readonly folder: string;
  readonly on: Processors;
  readonly workshop: Workshop;
  readonly client: LoadClient;
  /** Done at the end, the last first */
  readonly atEnd: (stop: () => Promise<unknown>) => void;
}

/** A server that is measured, with tokens that are good for the next minutes */
export type Asked = (until: Until) => Promise<Load>;

const TABLE = "exchange";
/** moto with transactions that do not undo each other */
/** Of moto, which accepts any credentials */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: REGION };

/** The exchange as a process of its own */
export async function startExchange(
  { folder, workshop, client, atEnd }: Yard,
  world: ExchangeWorld,
  name: string,
  stores: Pick<ExchangeConfig, "persons" | "store">,
  env: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const config = join(folder, `${name}.json`);
  writeFileSync(config, JSON.stringify(world.config(stores)));
  const { server, port } = await workshop.exchange(config, env);
  atEnd(server.stop);
  return (until) => client.load(world.requests(port, server.pid), until);
}

/** The exchange with DynamoDB, for which moto stands in */
export async function startOnMoto(yard: Yard, world: ExchangeWorld): Promise<Asked> {
  const moto = await startMotoIn(yard);
  await createTables(moto.url, TABLE);
  return startExchange(yard, world, "dynamodb", tablesAt(moto.url, TABLE), CREDENTIALS);
}

export async function startMotoIn({ on, atEnd }: Yard): Promise<Moto> {
  const [command, args] = on.client(await motoPython(), [SERIAL_MOTO]);
  const moto = await startMoto(command, FACTS.account, args);
  atEnd(moto.stop);
  return moto;
}

/** The exchange's server with nothing behind it */
export async function startEcho({ workshop, client, atEnd }: Yard, world: ExchangeWorld, sample: string) {
  const { certificate, key } = world.paths;
  const { server, port } = await workshop.echo(sample, certificate, key);
  atEnd(server.stop);
  return (until: Until): Promise<Load> => client.load(world.requests(port, server.pid), until);
}

/** Verifying and signing, and deciding, by themselves */
export function partsOf({ workshop }: Yard, world: ExchangeWorld, sample: string, calls: number) {
  return async (): Promise<Omit<Parts, "echo">> =>
    (await workshop.parts(sample, world.paths.signingKey, `${calls}`)) as Omit<Parts, "echo">;
}

export interface RunningKeycloak {
  readonly name: string;
  readonly java: number;
  readonly ask: Asked;
}

/** Keycloak on each Java that a limit is about */
export async function startKeycloaks(
  { folder, on, client, atEnd }: Yard,
  world: ExchangeWorld,
): Promise<readonly RunningKeycloak[]> {
  const wanted = Object.keys(LIMITS.keycloak).map(Number);
  const found = wanted.flatMap((major) => javas().find((java) => java.major === major) ?? []);
  if (found.length < wanted.length) throw new Skipped(`Keycloak needs Java ${wanted.join(" and ")} on this machine`);
  const distribution = await keycloakDistribution();
  const running: RunningKeycloak[] = [];
  for (const java of found) {
    const place = join(folder, `keycloak-${java.major}`);
    const { paths: identity, client: who } = world;
    const keycloak = await Keycloak.start({ distribution, java, folder: place, identity, client: who, on });
    atEnd(() => keycloak.stop());
    const requests = await keycloak.requests();
    const name = `Keycloak ${distribution.version}, Java ${java.version}`;
    running.push({ name, java: java.major, ask: (until) => client.load(requests, until) });
  }
  return running;
}

/** What is left of a sample for the processes that do a part of it */
export function written(folder: string, sample: Sample): string {
  const path = join(folder, "sample.json");
  writeFileSync(path, JSON.stringify(sample));
  return path;
}
