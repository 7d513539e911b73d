import { readText } from "../../checked-config";
import type { Clock } from "../../clock";
import type { Log } from "../../log";
import type { Registry } from "../../registry/registry";
import type { KeySet } from "../../signer/key-set";
import type { StateStore } from "../../store/store";
import { approverPage } from "../approver-page/app";
import { type IdentityProvider, OpenIdProvider } from "../approver-page/identity-provider";
import type { PageSettings } from "../approver-page/page-settings";
import type { ApproverPageParts } from "../approver-page/parts";
import type { ExchangeConfig } from "../config";
import type { PushedEvents } from "../signals/pushed-events";
import { NodeServer } from "../http/node-server";
import { RenewedFiles } from "./renewed-files";
import { stateOf } from "./state-store";

export interface ServedPage {
  readonly port: number;
  /** Keep no connection after its next answer. */
  leave(): void;
  /** Take no more requests, and answer those that are there within 10 s. */
  close(): Promise<void>;
}

/**
 * The approvers' page on a listener of its own, which asks no browser for a certificate.
 *
 * @throws ConfigError if its certificate cannot be used
 */
export async function servePage(
  { listen, tls }: NonNullable<ExchangeConfig["approverPage"]>,
  parts: ApproverPageParts,
  log: Log,
): Promise<ServedPage> {
  const files = new RenewedFiles(tls, "approverPage.tls", log);
  const server = new NodeServer(approverPage(parts), files.current, log, undefined, false);
  const port = await server.listen(listen.host, listen.port);
  files.follow((renewed) => server.renew(renewed));
  log("page.started", { host: listen.host, port });
  return {
    port,
    leave: () => server.leave(),
    close: () => {
      files.close();
      return server.close();
    },
  };
}

/** What lasts as long as the process */
export interface PageResources {
  readonly registry: Registry;
  readonly store: StateStore;
  readonly keys: KeySet;
  /** Who people are, and where requests lie for them */
  readonly approvals: Pick<ApproverPageParts, "desk" | "people">;
  /** Undefined for the one that the registry names, over TLS alone */
  readonly provider: IdentityProvider | undefined;
  /** Undefined if no transmitter pushes security events */
  readonly pushed: PushedEvents | undefined;
  readonly log: Log;
  readonly clock: Clock;
}

/** What the page is made of, as the configuration says. @throws ConfigError if an authority cannot be read */
export function pageParts({ userKeys }: ExchangeConfig, resources: PageResources): ApproverPageParts {
  const { registry, store, keys, approvals, provider, pushed, log, clock } = resources;
  const state = stateOf(store, keys);
  return {
    settings: () => settingsIn(registry),
    provider: provider ?? new OpenIdProvider(userKeys && readText(userKeys.ca, "userKeys.ca")),
    ...approvals,
    state: async () => ({ store, epoch: (await state()).epoch }),
    pushed,
    clock,
    log,
  };
}

/** As the registry in force has them. @throws RegistryUnavailable */
function settingsIn(registry: Registry): PageSettings | undefined {
  const { people } = registry.current();
  if (people?.host === undefined) return undefined;
  const { host, issuer, clientId, groupsClaim, recentLoginSeconds } = people;
  return { origin: `https://${host}`, issuer, clientId, groupsClaim, recentLoginSeconds };
}
