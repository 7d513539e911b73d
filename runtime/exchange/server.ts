import { isUndecided } from "../approval/approvals";
import type { ApproverNotices } from "../approval/approver-notices";
import type { Act } from "../audit/audit";
import { Backlog } from "../audit/backlog";
import { type Clock, systemClock } from "../clock";
import type { Log } from "../log";
import { noteRevision } from "../registry/revision-seen";
import { signedFleet } from "../registry/signed-fleet";
import type { IdentityProvider } from "./approver-page/identity-provider";
import type { AuditLogConfig } from "./audit-log-config";
import type { ExchangeConfig } from "./config";
import { exchangeApp } from "./http/app";
import { NodeServer, SERVER_LIMITS } from "./http/node-server";
import { PeerSvids } from "./http/peer-svids";
import { Notices, type NoticesProps } from "./notices/notices";
import { keepAuditLog } from "./server/audit-log";
import { uncosignedOf } from "./server/witnessing";
import { pageParts, type ServedPage, servePage } from "./server/approver-page-server";
import { fetchSignals } from "./server/signals-server";
import { OwnIdentity } from "./server/own-identity";
import { partsOf } from "./server/parts";
import { signingKeys } from "./server/signing-keys";
import { openPersonKeys, openStore, stateOf } from "./server/state-store";
import { PersonStore } from "../store/persons/person-store";
import { collectorAgent } from "../telemetry/collector-agent";
import { startTelemetry } from "../telemetry/start-telemetry";
import { actMetrics } from "./telemetry/act-metrics";
import { replayMetrics } from "./telemetry/replay-metrics";
import { tracedApp } from "./telemetry/traced-app";

export interface StartOptions {
  readonly log: Log;
  /** @default the system's */
  readonly clock?: Clock;
  /**
   * Called with each act and its record once it is written; for development. Must not throw.
   *
   * @default - none
   */
  readonly onAct?: (act: Act) => void;
  /**
   * Sends notices; for development and tests, which must not reach the organisation's own receivers.
   *
   * @default - by webhook, as the registry says
   */
  readonly notices?: (parts: Pick<NoticesProps, "clock" | "isOpen" | "log" | "registry">) => SentNotices;
  /**
   * Where people log in to the approvers' page; for development, where browsers reach it without TLS.
   *
   * @default - where the registry says, over TLS alone
   */
  readonly provider?: IdentityProvider;
}

/** Ends with the process */
export interface SentNotices extends ApproverNotices {
  close(): Promise<void>;
}

export interface RunningExchange {
  readonly port: number;
  /** Not be ready any more, and answer what still comes: who sends requests here needs a while to see it. */
  leave(): void;
  /** Take no more requests, answer those that are there within 10 s, and let go of everything. */
  close(): Promise<void>;
}

/**
 * Make all parts as the configuration says, and serve them.
 *
 * @throws Error that says what the exchange cannot start without
 */
export async function startExchange(config: ExchangeConfig, options: StartOptions): Promise<RunningExchange> {
  const { log, clock = systemClock, onAct, provider, notices: noticesOf = (parts) => new Notices(parts) } = options;
  const opened: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const end of opened.reverse().splice(0)) await end();
  };
  try {
    const keys = await signingKeys(config.signingKeys);
    const identity = await OwnIdentity.of(config, clock, log);
    opened.push(() => identity.close());
    const agent = collectorAgent(config.telemetry, identity.source);
    const telemetry = await startTelemetry(config.telemetry, { service: "ambit-exchange", log, agent });
    opened.push(() => telemetry.close());
    const kept = await openStore(config.store, clock);
    opened.push(() => kept.close());
    const persons = await openPersonKeys(config, clock);
    opened.push(() => persons.close());
    const store = await PersonStore.open(kept, persons, clock);
    const registry = await signedFleet({ ...config, log, note: (revision) => noteRevision(store, revision) });
    await registry.start();
    opened.push(() => registry.stop());
    const peers = new PeerSvids(identity.bundle, clock);
    const state = stateOf(store, keys);
    const isOpen = async (handle: string): Promise<boolean> => isUndecided(await state(), handle, clock());
    const notices = noticesOf({ registry, log, clock, isOpen });
    opened.push(() => notices.close());
    const counted = telemetry.isOn ? told(actMetrics(telemetry, registry), onAct) : onAct;
    const backlog = config.audit && backlogOf(config.audit, clock);
    const trace = (): string | undefined => telemetry.current().traceId;
    const onReplay = telemetry.isOn ? replayMetrics(telemetry, registry) : undefined;
    const own = { peers, identity, keys, store, persons, registry };
    const resources = { ...own, onAct: counted, onReplay, notices, backlog, trace };
    const parts = await partsOf(config, resources, log, clock);
    if (config.audit !== undefined && backlog !== undefined) {
      const { writer } = parts;
      const keeper = await keepAuditLog(config.audit, { store, backlog, writer, clock, log, telemetry });
      opened.push(() => keeper.close());
    }
    let leaving = false;
    const unready = async (): Promise<readonly string[]> => (leaving ? ["process"] : parts.unready());
    const signals = await fetchSignals(config, { ...parts, registry, store, keys, clock });
    opened.push(() => signals.close());
    const app = exchangeApp({ ...parts, unready, silent: () => signals.silent() });
    const server = new NodeServer(tracedApp(app, telemetry), identity.server, log, limitsOf(config));
    identity.follow((renewed) => server.renew(renewed));
    const port = await server.listen(config.listen.host, config.listen.port);
    opened.push(() => server.close());
    const page = await pageOf(
      config,
      () =>
        pageParts(config, {
          registry,
          store,
          keys,
          approvals: parts.approvals,
          provider,
          pushed: signals.pushed,
          log,
          clock,
        }),
      log,
    );
    if (page !== undefined) opened.push(() => page.close());
    log("exchange.started", { issuer: config.issuer, host: config.listen.host, port });
    const leave = (): void => {
      leaving = true;
      server.leave();
      page?.leave();
    };
    return { port, leave, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function backlogOf({ witnessing }: AuditLogConfig, clock: Clock): Backlog {
  return new Backlog(undefined, undefined, uncosignedOf(witnessing, clock));
}

function told(first: (act: Act) => void, then: StartOptions["onAct"]): (act: Act) => void {
  return (act) => {
    first(act);
    then?.(act);
  };
}

async function pageOf(
  { approverPage }: ExchangeConfig,
  parts: () => ReturnType<typeof pageParts>,
  log: Log,
): Promise<ServedPage | undefined> {
  return approverPage && servePage(approverPage, parts(), log);
}

function limitsOf({ connections = {} }: ExchangeConfig): typeof SERVER_LIMITS {
  const { most = SERVER_LIMITS.connections, perAddress = SERVER_LIMITS.connectionsPerAddress } = connections;
  return { ...SERVER_LIMITS, connections: most, connectionsPerAddress: perAddress };
}
