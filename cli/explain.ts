import { Command, Option } from "commander";
import { readFileSync } from "node:fs";
import { type Asked, askedOf, checkedIn } from "./asked";
import type { Decide, Engines, Explained } from "./explain/explained";
import { type Io, UsageError } from "./program";
import { readSynthesized, SYNTH_FOLDER } from "./synthesized";
import { jsonText, printable } from "./terminal";
import { wholeNumberOf } from "./whole-number";

const HELP = `
The request is a JSON document of the contract (ambit.decision/1), an event of OPA's decision log, a line of the authorizer's
or the exchange's log, or { "name", "input" }. Masked values are compared as the log says, and otherwise opaque.

The revision of the policy is that of --revision, else the one that decided the log line, else the highest that the request has
seen: synth writes none.

Examples:
  ambit explain request.json
  grep 7a1f8b3e opa.log | ambit explain -
  grep request.refused exchange.log | tail -n 1 | ambit explain -
  ambit explain request.json --engine unix:/run/opa/opa.sock --json

Exit codes: 0 explained, allowed or not; 1 failed; 64 usage error, or the request or the folder cannot be read.`;

const STANDARD_INPUT = "-";
const SOCKET = "unix:";

interface Flags {
  readonly dir: string;
  readonly engine: string;
  readonly revision?: number;
  readonly json?: true;
}

export function explainCommand(io: Io): Command {
  return new Command("explain")
    .summary("say why a request is denied, and what would allow it")
    .description(
      "Decide on a request by a synthesized policy: which rule decided, which declaration it came from, the smallest change " +
        "that would allow it, and the proof that it would.",
    )
    .argument("[request]", `file with the request; ${STANDARD_INPUT} for standard input`, STANDARD_INPUT)
    .option("--dir <folder>", "what synth wrote", SYNTH_FOLDER)
    .option("--engine <engine>", `cedar, or ${SOCKET}<path> of an OPA that says what is decided now`, "cedar")
    .addOption(new Option("--revision <number>", "revision of the policy").argParser(wholeNumberOf("--revision")))
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action(async (file: string, flags: Flags) => {
      const explained = await explainFile(file, flags, io);
      if (flags.json === true) return io.out(`${jsonText(explained, 2)}\n`);
      const { explainedText } = await import("./explain/text");
      io.out(explainedText(explained));
    });
}

async function explainFile(file: string, flags: Flags, io: Io): Promise<Explained> {
  const socket = socketOf(flags.engine);
  const asked = askedInFile(file);
  const synthesized = readSynthesized(flags.dir);
  const revision = flags.revision ?? revisionIn(asked);
  const { cedarDecider } = await import("./decide");
  const { explain } = await import("./explain/explained");
  const again = cedarDecider(io);
  if (socket === undefined) return explain(asked, synthesized, revision, { name: "cedar", first: again, again });
  const opa = await opaAt(socket, io);
  try {
    const engines: Engines = { name: "opa", first: opa.decide, again };
    return await explain(asked, synthesized, revision, engines);
  } finally {
    opa.close();
  }
}

async function opaAt(socket: string, io: Io): Promise<{ readonly decide: Decide; close(): void }> {
  const { OpaEngine } = await import("../runtime/decision/opa-engine");
  const { Decider } = await import("../runtime/decision/decider");
  const engine = new OpaEngine({ server: { socket }, timeoutMs: 5_000 });
  const decider = new Decider(engine, (error) => io.err(`ambit: ${printable((error as Error).message)}\n`));
  return { decide: ({ input }) => decider.decide(input), close: () => engine.close() };
}

/** Revision of the policy that decided the log line; without one, the synthesized policy counts as the current one. */
function revisionIn(asked: Asked): number {
  const { logged } = asked;
  const checked = checkedIn(asked);
  const seen = checked.ok ? checked.input.revisionSeen : 0;
  if (logged === undefined) return seen;
  return logged.revision > 0 || logged.reasons.includes("policy.stale") ? logged.revision : seen;
}

function askedInFile(file: string): Asked {
  const { text, bytes } = textOf(file);
  try {
    return askedOf(JSON.parse(text), bytes);
  } catch (error) {
    const lines = text.split("\n").filter((line) => line.trim() !== "").length;
    const several = lines > 1 ? `; of several lines give one, or decide on all of them with ambit simulate` : "";
    const from = file === STANDARD_INPUT ? "standard input" : file;
    throw new UsageError(`${from} must be one JSON document: ${(error as Error).message}${several}`);
  }
}

function textOf(file: string): { readonly text: string; readonly bytes: number } {
  // As a decision reads it: a byte order mark is no part of JSON.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    const bytes = readFileSync(file === STANDARD_INPUT ? 0 : file);
    return { text: decoder.decode(bytes), bytes: bytes.length };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT")
      throw new UsageError(`there is no ${file}: name a file with a request, or - for standard input`);
    throw new UsageError(`${file} cannot be read: ${message}`);
  }
}

function socketOf(engine: string): string | undefined {
  if (engine === "cedar") return undefined;
  if (engine.startsWith(SOCKET)) return engine.slice(SOCKET.length);
  throw new UsageError(
    `--engine must be cedar or ${SOCKET}<path>, got ${engine}: an OPA elsewhere answers the authorizer's identity only`,
  );
}
