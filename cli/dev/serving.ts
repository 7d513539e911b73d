import type { AgentDeclaration } from "../../domain";
import { pushedTo } from "../../domain/pushes";
import type { Ways } from "../../runtime/companion/inbound/inbound-config";

/** Stands for an agent's own code: a small program that obeys everything that it is told and that it reads */
export const EXAMPLE = "example";

/** Where the own code of an agent listens on this machine */
export interface OwnCode {
  /** For every way in that is not named; the declared port where it is left out */
  readonly port?: number | typeof EXAMPLE;
  /** By the name of the way in */
  readonly ways: Readonly<Record<string, number>>;
}

/** By the agent's name: of those that serve here */
export type Serving = ReadonlyMap<string, OwnCode>;

/** What is wrong with `--serves`, in one sentence */
export class ServingRefused extends Error {}

const WRITTEN = /^(?<agent>[a-z0-9-]+)(?:\.(?<way>[a-z0-9-]+))?=(?<port>\d{1,5}|example)$/;
const PORTS = { least: 1_024, most: 65_535 };

/**
 * @param written as `<agent>=<port>`, `<agent>.<way>=<port>` or `<agent>=example`
 * @throws ServingRefused
 */
export function servingOf(written: readonly string[], agents: readonly AgentDeclaration[]): Serving {
  const serving = new Map<string, OwnCode>();
  for (const text of written) {
    const { agent: name = "", way, port: at = "" } = WRITTEN.exec(text)?.groups ?? {};
    if (name === "") refuse(`must be <agent>=<port>, <agent>.<way in>=<port> or <agent>=${EXAMPLE}`, text);
    const agent = agents.find((each) => each.name === name && each.ways.length > 0);
    if (agent === undefined) {
      const some = agents.filter(({ ways }) => ways.length > 0).map((each) => each.name);
      const fix =
        some.length === 0 ? "no agent of the fleet declares serves" : `those that serve are ${some.join(", ")}`;
      return refuse(`must name an agent that declares serves (${fix})`, text);
    }
    if (way !== undefined && !agent.ways.some(({ facts }) => facts.name === way)) {
      refuse(`must name a way in of ${name} (${agent.ways.map(({ facts }) => facts.name).join(", ")})`, text);
    }
    const before = serving.get(name) ?? { ways: {} };
    const port = at === EXAMPLE ? EXAMPLE : Number(at);
    if (port !== EXAMPLE && (port < PORTS.least || port > PORTS.most)) {
      refuse(`must have a port from ${PORTS.least} to ${PORTS.most}`, text);
    }
    if (way === undefined) serving.set(name, { ...before, port });
    else if (port === EXAMPLE) refuse(`${EXAMPLE} is for an agent as a whole: write ${name}=${EXAMPLE}`, text);
    else serving.set(name, { ...before, ways: { ...before.ways, [way]: port } });
  }
  return serving;
}

function refuse(what: string, got: string): never {
  throw new ServingRefused(`--serves ${what}, got ${JSON.stringify(got)}`);
}

/** Port of the agent's own code for each way in, by its name, and of A2A path and pushes. @param example where the example listens, if it stands for the agent */
export function portsOf({ ways }: AgentDeclaration, own: OwnCode, example: number | undefined): Ways {
  const all = example ?? (own.port === EXAMPLE ? undefined : own.port);
  return new Map(
    ways.map(({ facts: { name, port, kind, paths, pushes } }) => [
      name,
      {
        port: own.ways[name] ?? all ?? port,
        ...(kind === "a2a" && { a2a: paths[0], pushes: pushes && pushedTo(pushes) }),
      },
    ]),
  );
}
