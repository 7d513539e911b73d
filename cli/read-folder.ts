import { statSync } from "node:fs";
import type { Estate } from "../review/read/resource";
import { CliError } from "./program";

/**
 * Contents of synthesized folders, for `act`
 *
 * @throws CliError if one is not a folder, or cannot be read
 */
export async function withFolders<Value>(
  folders: readonly string[],
  act: (estates: readonly Estate[]) => Value | Promise<Value>,
): Promise<Value> {
  for (const folder of folders) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new CliError(`${folder} must be a folder that synth wrote: run synth first, or name another`);
    }
  }
  const { readEstate } = await import("../review/read/estate");
  const { ReadCache } = await import("../review/read/folder/folder");
  const { ReadError } = await import("../review/read/read-error");
  try {
    const once = new ReadCache();
    return await act(folders.map((folder) => readEstate(folder, once)));
  } catch (error) {
    if (error instanceof ReadError) throw new CliError(error.message);
    throw error;
  }
}
