import { Command } from "commander";
import { headsOf } from "../../runtime/audit/integration/pending-records";
import { writersIn } from "../../runtime/audit/written-records";
import type { StateStore } from "../../runtime/store/store";
import type { Io } from "../program";
import { progress } from "../progress";
import { type StoreFlags, withOpenStore, withStore } from "../state-store";
import { jsonText } from "../terminal";

const HELP = `
Take them before the log is read: all of these records must then be in it, except those of the last second.

Examples:
  ambit audit writers --table ambit-prod-state --region eu-central-1 > writers.json
  ambit audit verify s3://ambit-prod-audit/log/ --key log.vkey --writers writers.json

Exit codes: 0 printed, 1 failed, 64 usage error.`;

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

/** How many records each writer has written, those included that write no more. @throws StoreUnavailable */
export async function readHeads(store: Pick<StateStore, "list" | "read">): Promise<ReadonlyMap<string, number>> {
  return headsOf(store, await writersIn(store));
}
