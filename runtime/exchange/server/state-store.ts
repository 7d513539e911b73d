import { join } from "node:path";
import type { Clock } from "../../clock";
import { readEpoch } from "../../session/epoch";
import type { EpochState } from "../../session/stored";
import type { KeySet } from "../../signer/key-set";
import { PersonKeys } from "../../store/persons/person-keys";
import type { StateStore } from "../../store/store";
import type { ExchangeConfig } from "../config";

/**
 * @param elapsed milliseconds from any beginning
 * @throws StoreUnavailable if a folder cannot be opened
 */
export async function openStore(
  { level, dynamodb }: ExchangeConfig["store"],
  clock: Clock,
  elapsed?: () => number,
): Promise<StateStore> {
  if (dynamodb !== undefined) {
    const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
    const { DYNAMODB_BOUNDS, DynamoDbStore } = await import("../../store/dynamodb-store");
    const { region, endpoint, table } = dynamodb;
    const client = new DynamoDBClient({ ...DYNAMODB_BOUNDS, region, ...(endpoint !== undefined && { endpoint }) });
    return new DynamoDbStore({ client, table, clock, ...(elapsed !== undefined && { elapsed }) });
  }
  if (level !== undefined) {
    const { LevelStore } = await import("../../store/level-store");
    return LevelStore.open(level.folder, clock);
  }
  const { MemoryStore } = await import("../../store/memory-store");
  return new MemoryStore(clock);
}

/**
 * The keys of persons, where no backup of the state reaches
 *
 * @throws StoreUnavailable
 */
export async function openPersonKeys(
  { store: { level }, persons }: Pick<ExchangeConfig, "persons" | "store">,
  clock: Clock,
  elapsed?: () => number,
): Promise<PersonKeys> {
  const beside = level === undefined ? { memory: {} } : { level: { folder: join(level.folder, "person-keys") } };
  const store = await openStore(persons ?? beside, clock, elapsed);
  try {
    return await PersonKeys.open({ store, elapsed });
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The store with its epoch as it is at this moment. Keys that are void since are used no more. */
export function stateOf(store: StateStore, keys: KeySet): () => Promise<EpochState> {
  let begun = false;
  return async () => {
    const { epoch, voidKeys } = await readEpoch(store, keys.keyIds, begun);
    begun = true;
    keys.makeVoid(voidKeys);
    return { store, epoch };
  };
}
