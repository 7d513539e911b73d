import type { AgentDeclaration } from "../../domain";
import { fleet } from "../../fleet";
import { systemClock } from "../../runtime/clock";
import { type StartedCompanion, startCompanion } from "../../runtime/companion/start";
import type { Log } from "../../runtime/log";
import { FilesSource } from "../../runtime/workload-api/files-source";
import type { DevelopmentFiles } from "./development-files";
import { idOf } from "./development-names";
import { ExampleAgent } from "./example/example-agent";
import { LOOPBACK } from "./loopback";
import { EXAMPLE, type OwnCode, portsOf, type Serving } from "./serving";
import { heardBy, type Observer } from "./watch/observer";

/** Where a companion listens in a pod; here the second one listens at the next port, and so on. */
const COMPANION_PORT = 7_464;

export interface CompanionsProps {
  /** https addresses; the gateway's is undefined if there is none */
  readonly exchange: string;
  readonly gateway: string | undefined;
  /** Names of the agents whose companions run */
  readonly agents: readonly string[];
  readonly serves: Serving;
  readonly files: DevelopmentFiles;
  /** Whether companions listen at the ports of pods, and not at any that is free */
  readonly hasPorts: boolean;
  readonly telemetry: { readonly collector: string } | undefined;
  readonly log: Log;
  readonly observer: Observer | undefined;
}

type Ending = () => Promise<void> | void;

/**
 * @param pods receives the ports at which companions of serving agents listen for the gateway
 * @returns http addresses by the agent's name
 */
export async function startCompanions(
  props: CompanionsProps,
  pods: Map<string, number>,
  endings: Ending[],
): Promise<ReadonlyMap<string, string>> {
  const companions = new Map<string, string>();
  for (const [index, name] of props.agents.entries()) {
    const port = props.hasPorts ? COMPANION_PORT + index : 0;
    const own = props.serves.get(name);
    const agent = fleet.agents.find((each) => each.name === name);
    const example = own?.port === EXAMPLE ? await startExample(() => companions.get(name) ?? "", endings) : undefined;
    const inbound = agent && own && { agent, own, example };
    const companion = await started(name, { ...props, port, inbound });
    endings.push(() => companion.close());
    companions.set(name, companion.url);
    if (companion.inboundPort !== undefined) pods.set(name, companion.inboundPort);
  }
  return companions;
}

interface Inbound {
  readonly agent: AgentDeclaration;
  readonly own: OwnCode;
  /** Port of the example that stands for the agent */
  readonly example: number | undefined;
}

interface CompanionProps extends CompanionsProps {
  readonly port: number;
  readonly inbound: Inbound | undefined;
}

function started(name: string, props: CompanionProps): Promise<StartedCompanion> {
  const { files, port, exchange, gateway, inbound, telemetry, log, observer } = props;
  const source = new FilesSource({
    cert: files.certificate(name),
    key: files.key(name),
    bundle: files.bundle,
    clock: systemClock,
  });
  const config = {
    listen: { hostname: LOOPBACK, port },
    exchangeUrl: exchange,
    exchangeId: idOf("exchange"),
    gateway: gateway === undefined ? undefined : { url: gateway, spiffeId: idOf("gateway") },
    inbound: inbound && inboundOf(inbound),
    identity: { folder: files.path("svid") },
    token: undefined,
    telemetry,
  };
  return startCompanion({ config, source, log: heardBy(observer, { companion: name }, log) });
}

function inboundOf({ agent, own, example }: Inbound) {
  return {
    listen: { hostname: LOOPBACK, port: 0 },
    ways: portsOf(agent, own, example),
    concurrency: agent.concurrency,
    address: LOOPBACK,
    gatewayId: idOf("gateway"),
  };
}

async function startExample(companion: () => string, endings: Ending[]): Promise<number> {
  const example = new ExampleAgent({ companion });
  const port = await example.listen();
  endings.push(() => example.close());
  return port;
}
