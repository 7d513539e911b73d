import { Command } from "commander";
import { AuditLedger } from "../runtime/audit/ledger";
import { systemClock } from "../runtime/clock";
import { bumpEpoch, type EpochRecord, showEpoch } from "../runtime/session/epoch";
import { type Io, Outcome, UsageError } from "./program";
import { progress } from "./progress";
import { type StoreFlags, withOpenStore, withStore } from "./state-store";
import { jsonText, printable, table } from "./terminal";

const SHOW_HELP = `
Exit codes: 0 the store is the one of the epoch, 1 it was restored or cannot be read, 64 usage error.`;

const BUMP_HELP = `
After a restore from a backup the exchange refuses everything, because what happened since the backup is forgotten: who
was revoked, what was read, which evidence was used. The next epoch forgets all sessions, runs and approvals, so that
every task starts anew with evidence of its start, and voids the keys that may have signed. Start the exchange with new
keys then. Revocations that came after the backup are to be made again.

Examples:
  ambit epoch bump --table ambit-prod-state --region eu-central-1
  ambit epoch bump --level /var/lib/ambit/state --void-key 2026-07

Exit codes: 0 the next epoch has begun, 1 refused or failed, 64 usage error.`;

type State = "in use" | "not begun" | "restored";

interface ShowFlags extends StoreFlags {
  readonly json?: true;
}

interface BumpFlags extends ShowFlags {
  readonly voidKey: readonly string[];
}

export function epochCommand(io: Io): Command {
  return new Command("epoch")
    .description("show and bump the epoch of the exchange's state, after a restore from a backup")
    .addCommand(showCommand(io))
    .addCommand(bumpCommand(io));
}

function showCommand(io: Io): Command {
  const command = new Command("show")
    .summary("say which epoch it is, and whether the store is the one in which it began")
    .description("Show the epoch of the exchange's state, and whether the store was restored since it began.");
  return withStore(command)
    .option("--json", "print the result as JSON")
    .addHelpText("after", SHOW_HELP)
    .action(async (flags: ShowFlags) => {
      const { record, identity } = await progress(io, "reading the epoch", withOpenStore(flags, showEpoch));
      const state: State = record === undefined ? "not begun" : record.identity === identity ? "in use" : "restored";
      say(io, flags, state, identity, record);
      if (state === "restored") throw new Outcome(1);
    });
}

function bumpCommand(io: Io): Command {
  const command = new Command("bump")
    .summary("begin the next epoch: sessions, runs, approvals and keys of the last are void")
    .description("Begin the next epoch of the exchange's state. What was issued before is void.");
  return withStore(command)
    .option(
      "--void-key <id>",
      "key that may have signed and that the backup does not know; can be repeated",
      keyIds,
      [],
    )
    .option("--json", "print the result as JSON")
    .addHelpText("after", BUMP_HELP)
    .action(async (flags: BumpFlags) => {
      const bumped = withOpenStore(flags, (store) =>
        bumpEpoch({ store, ledger: new AuditLedger({ store }), now: systemClock(), voidKeys: flags.voidKey }),
      );
      const record = await progress(io, "beginning the next epoch", bumped);
      say(io, flags, "in use", record.identity, record);
    });
}

function keyIds(id: string, others: readonly string[]): readonly string[] {
  if (id === "") throw new UsageError('--void-key must name a key, got ""');
  return [...others, id];
}

function say(io: Io, { json }: ShowFlags, state: State, identity: string, record: EpochRecord | undefined): void {
  const { epoch, keys, voidKeys } = record ?? { epoch: null, keys: [], voidKeys: [] };
  if (json === true) {
    io.out(`${jsonText({ epoch, state, identity, begunIn: record?.identity ?? null, keys, voidKeys }, 2)}\n`);
    return;
  }
  const listed = (ids: readonly string[]): string => (ids.length === 0 ? "none" : ids.map(printable).join(", "));
  const fix = { "in use": "", "not begun": "; the exchange begins it", restored: "; run ambit epoch bump" }[state];
  io.out(
    table([
      ["epoch", epoch === null ? "none" : String(epoch)],
      ["state", `${state}${fix}`],
      ["store", printable(identity)],
      ["keys", listed(keys)],
      ["void keys", listed(voidKeys)],
    ]),
  );
}
