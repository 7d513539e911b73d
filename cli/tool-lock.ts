import { readFileSync, statSync } from "node:fs";
import { isRecord } from "../domain/is-record";
import { sortedKeys } from "../domain/json";
import type { Members } from "../runtime/authorizer/mcp/rpc";
import { UsageError } from "./program";

const VERSION = "ambit.tools/1";

/** What was reviewed of each server: definitions by the name of the tool, so that a later difference has a text */
export type ToolLock = Readonly<Record<string, Readonly<Record<string, Members>>>>;

/** An empty one where there is no file. @throws UsageError */
export function readLock(path: string): ToolLock {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${path} cannot be read as JSON: ${(error as Error).message}`);
  }
  const servers = isRecord(value) && value["version"] === VERSION ? value["servers"] : undefined;
  if (!isRecord(servers) || !Object.values(servers).every(isDefinitions)) {
    throw new UsageError(`${path} must hold "version": "${VERSION}" and servers: write it with ambit tools pin`);
  }
  return servers as ToolLock;
}

export function lockText(servers: ToolLock): string {
  return `${JSON.stringify({ version: VERSION, servers }, sortedKeys, 2)}\n`;
}

function isDefinitions(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isRecord);
}
