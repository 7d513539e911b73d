import { readFileSync } from "node:fs";
import type { Log } from "../../log";
import { FileSource, type RegistrySource } from "../../registry/registry-source";
import { type RegistryEvent, RegistryWatcher } from "../../registry/registry-watcher";
import { noteRevision } from "../../registry/revision-seen";
import type { StateStore } from "../../store/store";
import { type CommonConfig, ConfigError, type ExchangeConfig } from "../config";

/**
 * @param store where every process notes which revisions were in force
 * @param elapsed milliseconds from any beginning
 * @throws ConfigError, RegistryError where a public key cannot be used
 */
export async function fleetRegistry(
  { registry, trustDomain }: CommonConfig,
  store: StateStore,
  log: Log,
  elapsed?: () => number,
): Promise<RegistryWatcher> {
  return new RegistryWatcher({
    ...(elapsed !== undefined && { elapsed }),
    source: await sourceOf(registry.from),
    publicKeys: registry.publicKeys.map((key, index) => pemOf(key, `registry.publicKeys[${index}]`)),
    scope: registry.scope,
    trustDomain,
    note: (revision) => noteRevision(store, revision),
    onEvent: (event) => log(event.kind, factsOf(event)),
  });
}

/** A function has no file of its own for a key that is known when it is deployed. */
function pemOf(pathOrPem: string, property: string): string {
  return pathOrPem.startsWith("-----BEGIN ") ? pathOrPem : readText(pathOrPem, property);
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
