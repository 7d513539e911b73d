import { Command } from "commander";
import { auditHeadKey, AUDIT_WRITERS, writerOf } from "../../runtime/store/keys";
import { type StateStore, STORE_LIMITS } from "../../runtime/store/store";
import type { Io } from "../program";
import { progress } from "../progress";
import { type StoreFlags, withOpenStore, withStore } from "../state-store";
import { jsonText } from "../terminal";

const HELP = `
Take them before the log is read, so that all of these records must be in it, but for those of the last second.

Examples:
  ambit audit writers --table ambit-prod-state --region eu-central-1 > writers.json
  ambit audit verify s3://ambit-prod-audit/log/ --key log.vkey --writers writers.json

Exit codes: 0 printed, 1 failed, 64 called wrongly.`;

const ITEMS_AT_ONCE = 1_000;

export function writersCommand(io: Io): Command {
  const command = new Command("writers")
    .summary("how many records each writer has written, as the state store says")
    .description("Print how many records each writer has written, as JSON for ambit audit verify --writers.");
  return withStore(command)
    .addHelpText("after", HELP)
    .action(async (flags: StoreFlags) => {
      const heads = await progress(io, "reading the writers", withOpenStore(flags, readHeads));
      io.out(`${jsonText(Object.fromEntries(heads), 2)}\n`);
    });
}

/** How many records each writer has written. @throws StoreUnavailable */
export async function readHeads(store: Pick<StateStore, "list" | "read">): Promise<ReadonlyMap<string, number>> {
  const writers: string[] = [];
  for (let page = 0, last: string | undefined; page === 0 || last !== undefined; page++) {
    const items = await store.list(AUDIT_WRITERS, "", ITEMS_AT_ONCE, last);
    writers.push(...items.map(({ key }) => writerOf(key)));
    last = items.length < ITEMS_AT_ONCE ? undefined : items.at(-1)?.key.sort;
  }
  const heads = new Map<string, number>();
  for (let at = 0; at < writers.length; at += STORE_LIMITS.writes) {
    const some = writers.slice(at, at + STORE_LIMITS.writes);
    const items = await store.read(some.map((writer) => auditHeadKey(writer)));
    for (const [index, writer] of some.entries()) {
      heads.set(writer, (items[index]?.value as { readonly sequence: number } | undefined)?.sequence ?? 0);
    }
  }
  return heads;
}
