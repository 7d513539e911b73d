import { Backlog, BACKLOG_BOUNDS } from "../../audit/backlog";
import { type CosigningBounds, COSIGNING_BOUNDS, Uncosigned } from "../../audit/uncosigned";
import { type Clock, systemClock } from "../../clock";
import type { Log } from "../../log";
import { noteRevision } from "../../registry/revision-seen";
import { signedFleet } from "../../registry/signed-fleet";
import { exchangeApp } from "../http/app";
import { unsentNotices } from "../notices/unsent-notices";
import { PersonStore } from "../../store/persons/person-store";
import { partsOf } from "../server/parts";
import { signingKeys } from "../server/signing-keys";
import { openPersonKeys, openStore } from "../server/state-store";
import type { FunctionConfig } from "./config";
import { wallElapsed } from "../../wall-elapsed";
import { LogStanding } from "./log-standing";
import { GatewayPeers, NO_PEERS } from "./gateway-peers";
import { type Handler, lambdaHandler } from "./handler";

/** As often as a process that runs all the time: between the first that has a newer registry and the last, the last refuses. */
const LOOK_MILLISECONDS = 1_000;

/**
 * Create all parts from the configuration, without a server.
 *
 * @throws Error with the reason why the exchange cannot start
 */
export async function startFunction(config: FunctionConfig, log: Log, clock: Clock = systemClock): Promise<Handler> {
  const elapsed = wallElapsed();
  const [keys, kept, persons] = await Promise.all([
    signingKeys(config.signingKeys),
    openStore(config.store, clock, elapsed),
    openPersonKeys(config, clock, elapsed),
  ]);
  const store = await PersonStore.open(kept, persons, clock);
  const registry = await signedFleet({ ...config, log, note: (revision) => noteRevision(store, revision), elapsed });
  let lookedAt = Number.NEGATIVE_INFINITY;
  const refresh = async (): Promise<void> => {
    if (elapsed() - lookedAt < LOOK_MILLISECONDS) return;
    lookedAt = elapsed();
    await registry.look();
  };
  await refresh();
  const backlog =
    config.auditLog === "none"
      ? undefined
      : new Backlog(BACKLOG_BOUNDS, elapsed, new Uncosigned(boundsOf(config), clock));
  const standing = backlog && new LogStanding({ store, backlog, elapsed });
  const peers = config.clientCertificates === "none" ? NO_PEERS : new GatewayPeers(config.trustDomain, clock);
  const parts = await partsOf(
    config,
    {
      peers,
      identity: { isReady: true },
      keys,
      store,
      persons,
      registry,
      notices: unsentNotices(registry, log),
      backlog,
    },
    log,
    clock,
    elapsed,
  );
  log("exchange.started", { issuer: config.issuer, clientCertificates: config.clientCertificates });
  const look = async (): Promise<void> => {
    await Promise.all([refresh(), standing?.look()]);
  };
  return lambdaHandler({ app: exchangeApp(parts), refresh: look, log });
}

function boundsOf({ unwitnessedSeconds }: FunctionConfig): CosigningBounds {
  return { ...COSIGNING_BOUNDS, ...(unwitnessedSeconds !== undefined && { refuseSeconds: unwitnessedSeconds }) };
}
