import { statSync } from "node:fs";
import type { Command } from "commander";
import { type StateStore, StoreConflict, StoreUnavailable } from "../runtime/store/store";
import { CliError, UsageError } from "./program";

/** Where the exchange's state is */
export interface StoreFlags {
  readonly table?: string;
  readonly region?: string;
  readonly level?: string;
}

export function withStore(command: Command): Command {
  return command
    .option("--table <name>", "DynamoDB table with the exchange's state")
    .option("--region <region>", "AWS region (default: AWS_REGION, or the profile's)")
    .option("--level <folder>", "folder with the exchange's state, on one machine, while the exchange is stopped");
}

/** Do something with the store, and close it. What it says of itself is an error of the command. */
export async function withOpenStore<T>(flags: StoreFlags, act: (store: StateStore) => Promise<T>): Promise<T> {
  try {
    const store = await openStore(flags);
    try {
      return await act(store);
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof StoreUnavailable) throw new CliError(error.message, { cause: error });
    if (error instanceof StoreConflict) {
      throw new CliError(`the state was changed concurrently: run this again (${error.message})`);
    }
    throw error;
  }
}

async function openStore({ table, region, level }: StoreFlags): Promise<StateStore> {
  if ((table === undefined) === (level === undefined)) throw new UsageError("name either --table or --level");
  if (level !== undefined) {
    if (region !== undefined) throw new UsageError("--region is that of a --table");
    // A misspelt folder must not become a new store.
    if (statSync(level, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new CliError(`there is no folder ${level}: name the one that the exchange keeps its state in`);
    }
    const { LevelStore } = await import("../runtime/store/level-store");
    return LevelStore.open(level);
  }
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  const { DYNAMODB_BOUNDS, DynamoDbStore } = await import("../runtime/store/dynamodb-store");
  const client = new DynamoDBClient({ ...DYNAMODB_BOUNDS, ...(region !== undefined && { region }) });
  return new DynamoDbStore({ client, table: table as string });
}
