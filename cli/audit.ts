import { Command } from "commander";
import { proveCommand } from "./audit/prove-command";
import { tailCommand } from "./audit/tail-command";
import { traceCommand } from "./audit/trace-command";
import { verifyCommand } from "./audit/verify-command";
import { witnessCommand } from "./audit/witness-command";
import { writersCommand } from "./audit/writers-command";
import type { Io } from "./program";

/** What holds the log of audit records (docs/audit.md) up against what signed it */
export function auditCommand(io: Io): Command {
  return new Command("audit")
    .description(
      "verify the audit log, prove a record of it, follow one transaction through it, and witness others' logs",
    )
    .addCommand(verifyCommand(io))
    .addCommand(proveCommand(io))
    .addCommand(traceCommand(io))
    .addCommand(tailCommand(io))
    .addCommand(writersCommand(io))
    .addCommand(witnessCommand(io));
}
