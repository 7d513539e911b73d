import { readFileSync } from "node:fs";
import { type RegistryEvent, RegistryWatcher } from "../../registry/registry-watcher";
import { FileSource, type RegistrySource } from "../../registry/registry-source";
import { ConfigError, type ExchangeConfig } from "../config";
import type { Log } from "../log";

/** @throws ConfigError, RegistryError where a public key cannot be used */
export async function fleetRegistry({ registry, trustDomain }: ExchangeConfig, log: Log): Promise<RegistryWatcher> {
  return new RegistryWatcher({
    source: await sourceOf(registry.from),
    publicKeys: registry.publicKeys.map((path, index) => readText(path, `registry.publicKeys[${index}]`)),
    scope: registry.scope,
    trustDomain,
    onEvent: (event) => log(event.kind, factsOf(event)),
  });
}

/** @throws ConfigError */
export function readText(path: string, property: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(`${property} must name a file that can be read: ${(error as Error).message}`);
  }
}

async function sourceOf({ file, dynamodb }: ExchangeConfig["registry"]["from"]): Promise<RegistrySource> {
  if (dynamodb === undefined) return new FileSource(file as string);
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  const { REGISTRY_BOUNDS, RegistryTable } = await import("../../registry/registry-table");
  const { region, endpoint, table } = dynamodb;
  const client = new DynamoDBClient({ ...REGISTRY_BOUNDS, region, ...(endpoint !== undefined && { endpoint }) });
  return new RegistryTable(client, table);
}

function factsOf(event: RegistryEvent): Parameters<Log>[1] {
  if ("reason" in event) return { because: event.reason };
  const { revision, keyId } = event.manifest;
  return { revision, keyId, ...("from" in event && { from: event.from }) };
}
