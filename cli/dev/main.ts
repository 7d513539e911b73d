import { parseArgs } from "node:util";
import type { ExchangeConfig } from "../../runtime/exchange/config";
import { jsonLog, told } from "../../runtime/exchange/log";
import { didYouMean } from "../../domain";
import { fleet } from "../../fleet";
import { facts } from "../../fleet/platform";
import { bold, dim } from "../terminal";
import { DevelopmentPlatform, type DevelopmentProps } from "./development-platform";
import { type ReadyMadeCommand, readyMadeCommands } from "./ready-made-commands";

const DEFAULT_PORT = 8_443;

const HELP = `Usage: npm run dev [-- options]

Starts the exchange with the fleet of fleet/index.ts, an embedded store, a companion for each agent, and what gives SVIDs,
users' tokens and start tokens for development; all on loopback. Prints a command for each task. Ctrl-C ends it.

  --agent <name>   run the companion of this agent only, and print its commands; may be given several times
  --port <port>    of the exchange; 0 for free ports for everything (default: ${DEFAULT_PORT})
  --folder <path>  for state, keys and SVIDs, kept afterwards (default: a temporary one, removed at the end)
  --sts <address>  where AWS credentials come from: an emulator's address, or aws for the real one
                   (default: a stand-in, whose credentials open nothing)
  --json           print the addresses and commands as one JSON object
  --help           print this text

Events are told on standard error, one JSON object per line.
Exit codes: 0 ended, 1 failed, 2 called wrongly.
`;

interface Options {
  readonly props: Omit<DevelopmentProps, "log">;
  readonly json: boolean;
}

class Usage extends Error {}

function optionsOf(args: readonly string[]): Options | undefined {
  const { values } = parsed(args);
  if (values.help === true) return undefined;
  const port = values.port === undefined ? DEFAULT_PORT : Number(values.port);
  if (!/^\d+$/.test(values.port ?? "0") || port > 65_535) {
    throw new Usage(`--port must be a whole number from 0 to 65535, got ${JSON.stringify(values.port)}`);
  }
  const props = { port, folder: values.folder, aws: awsOf(values.sts), ...agentsOf(values.agent) };
  return { props, json: values.json === true };
}

function parsed(args: readonly string[]) {
  const text = { type: "string" } as const;
  const texts = { type: "string", multiple: true } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { agent: texts, port: text, folder: text, sts: text, json: flag, help: flag },
    });
  } catch (error) {
    throw new Usage((error as Error).message);
  }
}

function agentsOf(named: readonly string[] | undefined): Pick<DevelopmentProps, "agents"> {
  if (named === undefined) return {};
  const known = fleet.agents.map(({ name }) => name);
  const unknown = named.find((name) => !known.includes(name));
  if (unknown === undefined) return { agents: [...new Set(named)] };
  throw new Usage(
    `--agent must be one of the fleet, got ${JSON.stringify(unknown)}${didYouMean(unknown, known)}: it has ${known.join(", ")}`,
  );
}

function awsOf(sts: string | undefined): ExchangeConfig["aws"] {
  const { region } = facts.aws;
  if (sts === undefined) return undefined;
  if (sts === "aws") return { region };
  if (!/^https?:\/\//.test(sts) || !URL.canParse(sts)) {
    throw new Usage(`--sts must be a web address or aws, got ${JSON.stringify(sts)}`);
  }
  return { region, stsEndpoint: sts };
}

function printed(platform: DevelopmentPlatform, commands: readonly ReadyMadeCommand[]): string {
  const head = [
    `${bold("exchange")}   ${platform.issuer}`,
    ...[...platform.companions].map(([agent, url]) => `${bold("companion")}  ${url} (${agent})`),
    `${bold("folder")}     ${platform.files.folder}`,
    dim("for development only: it gives SVIDs and users' tokens to whoever asks on this machine"),
  ];
  const each = commands.map(({ name, what, command }) => `${bold(name)}: ${what}\n${command}`);
  return `${[head.join("\n"), ...each].join("\n\n")}\n`;
}

function asJson(platform: DevelopmentPlatform, commands: readonly ReadyMadeCommand[]): string {
  const { issuer, companions, files } = platform;
  const told = { exchange: issuer, companions: Object.fromEntries(companions), folder: files.folder, commands };
  return `${JSON.stringify(told, null, 2)}\n`;
}

async function main(args: readonly string[]): Promise<void> {
  const options = optionsOf(args);
  if (options === undefined) return void process.stdout.write(HELP);
  const log = jsonLog((line) => void process.stderr.write(line));
  const platform = await DevelopmentPlatform.start({ ...options.props, log });
  const commands = readyMadeCommands(platform);
  process.stdout.write(options.json ? asJson(platform, commands) : printed(platform, commands));
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await platform.close();
}

// Keys and state lie in a folder that others may see into.
process.umask(0o077);
// The AWS SDK is pinned, and this is no place to be told of later versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    const usage = error instanceof Usage;
    const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    const fix = taken ? ": choose another one with --port, or 0 for any free one" : "";
    process.stderr.write(usage ? `${(error as Error).message}\n\n${HELP}` : `${told(error)}${fix}\n`);
    process.exit(usage ? 2 : 1);
  },
);
