import { checkpointIn } from "../../../runtime/audit/tlog/checkpoint";
import { cosignedAt } from "../../../runtime/audit/tlog/cosignature";
import { noteIn } from "../../../runtime/audit/tlog/signed-note";
import type { LogInMemory } from "../integration-world";
import type { NearWitness } from "./near-witness";

/** Of those that have cosigned the published checkpoint, and its size */
export async function published(
  of: LogInMemory,
  witnesses: readonly NearWitness[],
): Promise<readonly [number, ...string[]]> {
  const note = noteIn((await of.checkpoint()).bytes);
  const by = witnesses.filter(({ key }) => note.signatures.some(({ id }) => id === key.id));
  for (const { key } of by) expect(cosignedAt(note, key)).toBe(1_000);
  expect(note.signatures).toHaveLength(1 + by.length);
  return [checkpointIn(note.text).size, ...by.map(({ name }) => name)];
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 2));
}
