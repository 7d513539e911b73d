import { parseArgs } from "node:util";
import { didYouMean } from "../../domain";
import { fleet } from "../../fleet";
import { facts } from "../../fleet/platform";
import type { ExchangeConfig } from "../../runtime/exchange/config";
import type { DevelopmentProps } from "./development-platform";

const DEFAULT_PORT = 8_443;

export const HELP = `Usage: npm run dev [-- options]

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

export interface Options {
  readonly props: Omit<DevelopmentProps, "log">;
  readonly json: boolean;
}

/** Called wrongly */
export class Usage extends Error {}

/**
 * @returns undefined where help is asked for
 * @throws Usage
 */
export function optionsOf(args: readonly string[]): Options | undefined {
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
