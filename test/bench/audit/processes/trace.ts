import { traceCommand } from "../../../../cli/audit/trace-command";

// Traces a transaction: its id, then the options of `ambit audit trace`.
void traceCommand({
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
}).parseAsync(process.argv.slice(2), { from: "user" });
