import { readText } from "../checked-config";
import type { Log } from "../log";
import { FileSource, type RegistrySource } from "./registry-source";
import { type RegistryEvent, RegistryWatcher } from "./registry-watcher";
import type { RegistryConfig } from "./registry-config";

export interface SignedFleetProps {
  readonly registry: RegistryConfig;
  readonly trustDomain: string;
  readonly log: Log;
  /**
   * Notes that a revision comes into force, and gives the highest that ever did.
   *
   * @default - only this process's own count
   */
  readonly note?: (revision: number) => Promise<number>;
  /** Milliseconds from any beginning */
  readonly elapsed?: (() => number) | undefined;
}

/**
 * The signed registry, as a configuration says where it is.
 *
 * @throws ConfigError, RegistryError if a public key cannot be used
 */
export async function signedFleet({
  registry,
  trustDomain,
  log,
  note,
  elapsed,
}: SignedFleetProps): Promise<RegistryWatcher> {
  return new RegistryWatcher({
    ...(elapsed !== undefined && { elapsed }),
    source: await sourceOf(registry.from),
    publicKeys: registry.publicKeys.map((key, index) => pemOf(key, `registry.publicKeys[${index}]`)),
    scope: registry.scope,
    trustDomain,
    ...(note !== undefined && { note }),
    onEvent: (event) => log(event.kind, factsOf(event)),
  });
}

/** A function has no file of its own for a key that is known when it is deployed. */
function pemOf(pathOrPem: string, property: string): string {
  return pathOrPem.startsWith("-----BEGIN ") ? pathOrPem : readText(pathOrPem, property);
}

async function sourceOf({ file, dynamodb }: RegistryConfig["from"]): Promise<RegistrySource> {
  if (dynamodb === undefined) return new FileSource(file as string);
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  const { REGISTRY_BOUNDS, RegistryTable } = await import("./registry-table");
  const { region, endpoint, table } = dynamodb;
  const client = new DynamoDBClient({ ...REGISTRY_BOUNDS, region, ...(endpoint !== undefined && { endpoint }) });
  return new RegistryTable(client, table);
}

function factsOf(event: RegistryEvent): Parameters<Log>[1] {
  if ("reason" in event) return { because: event.reason };
  const { revision, keyId } = event.manifest;
  return { revision, keyId, ...("from" in event && { from: event.from }) };
}
