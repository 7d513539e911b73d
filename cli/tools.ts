import { Command } from "commander";
import { own } from "../domain";
import { sortedKeys } from "../domain/json";
import type { Members } from "../runtime/authorizer/mcp/rpc";
import { listedTools, type ListedOptions } from "./listed-tools";
import { CliError, type Io, Outcome } from "./program";
import { printable } from "./terminal";
import { lockText, readLock, type ToolLock } from "./tool-lock";
import { write } from "./write-file";

const LOCK = "ambit.tools.json";
const DIFFERENT = 1;

const HELP = `
A server is an https address that speaks MCP, or a file with the answer of tools/list. The lock keeps the text that was reviewed;
commit it beside the declaration. Read each tool's description before you write its pin: a model acts on it.

Examples:
  ambit tools pin https://mcp.pay.acme.example/mcp
  ambit tools diff https://mcp.pay.acme.example/mcp

Exit codes: 0 pinned, or nothing differs; 1 something differs, or the server does not answer; 64 usage error.`;

interface Options extends ListedOptions {
  readonly lock: string;
}

export function toolsCommand(io: Io): Command {
  const tools = new Command("tools")
    .summary("pins of MCP tools")
    .description("Pin the tools of an MCP server, and see what changed.");
  tools.addCommand(
    shared(new Command("pin"))
      .summary("print the pins of a server's tools")
      .description("Print each tool's pin, and keep what it says of itself in the lock.")
      .action(async (server: string, options: Options) => {
        const { pinOf } = await import("../runtime/authorizer/mcp/definition");
        const listed = await listedTools(server, options);
        for (const tool of sorted(listed)) {
          const pin = pinOf(tool);
          if (pin === undefined)
            throw new CliError(`${nameOf(tool)} has no canonical form, so it has no pin: leave it out`);
          io.out(`${pin}  ${printable(nameOf(tool))}\n`);
        }
        const kept: ToolLock = { ...readLock(options.lock), [server]: byName(listed) };
        write(options.lock, lockText(kept));
      }),
  );
  tools.addCommand(
    shared(new Command("diff"))
      .summary("what a server's tools say now that was not reviewed")
      .description("Compare what a server says of its tools with the lock, in text.")
      .action(async (server: string, options: Options) => {
        const reviewed = own(readLock(options.lock), server);
        if (reviewed === undefined)
          throw new CliError(`${options.lock} has no entry for ${server}: run ambit tools pin first`);
        const now = byName(await listedTools(server, options));
        const { pinOf } = await import("../runtime/authorizer/mcp/definition");
        const names = [...new Set([...Object.keys(reviewed), ...Object.keys(now)])].sort();
        const differing = names.filter((name) => pinIn(reviewed, name, pinOf) !== pinIn(now, name, pinOf));
        for (const name of differing) io.out(difference(name, own(reviewed, name), own(now, name)));
        if (differing.length > 0) throw new Outcome(DIFFERENT);
        io.out("nothing differs\n");
      }),
  );
  return tools;
}

function shared(command: Command): Command {
  return command
    .argument("<server>", "https address, or a file with what tools/list answers")
    .option("--lock <file>", "where the reviewed text is kept", LOCK)
    .option("--ca <file>", "authorities in PEM that the server's certificate is verified with")
    .option("--headers <file>", "headers to send, one a line: name: value")
    .option("--revision <revision>", "of MCP, where only one is to be spoken")
    .addHelpText("after", HELP);
}

function nameOf({ name }: Members): string {
  return String(name);
}

function sorted(tools: readonly Members[]): readonly Members[] {
  return [...tools].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

function byName(tools: readonly Members[]): Readonly<Record<string, Members>> {
  return Object.fromEntries(tools.map((tool) => [nameOf(tool), tool]));
}

function pinIn(
  tools: ToolLock[string],
  name: string,
  pinOf: (tool: Members) => string | undefined,
): string | undefined {
  const tool = own(tools, name);
  return tool === undefined ? undefined : (pinOf(tool) ?? "none");
}

/** Each member that differs, line by line, in characters that a terminal shows as they are */
function difference(name: string, was: Members | undefined, is: Members | undefined): string {
  const how = was === undefined ? "new" : is === undefined ? "gone" : "changed";
  const members = [...new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])].sort();
  const lines = members.flatMap((member) => {
    const [before, now] = [textOf(was?.[member]), textOf(is?.[member])];
    if (before === now) return [];
    return [`  ${member}`, ...marked("-", before, now), ...marked("+", now, before)];
  });
  return `${[`${name}: ${how}`, ...lines].map((line) => printable(line)).join("\n")}\n`;
}

function textOf(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value, sortedKeys, 2);
}

/** Lines of one text that the other has not */
function marked(sign: "+" | "-", text: string, other: string): readonly string[] {
  const known = new Set(other.split("\n"));
  return text === ""
    ? []
    : text
        .split("\n")
        .filter((line) => !known.has(line))
        .map((line) => `    ${sign} ${line}`);
}
