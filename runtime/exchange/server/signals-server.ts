import type { Ledger } from "../../audit/audit";
import { readText } from "../../checked-config";
import type { Clock } from "../../clock";
import type { Log } from "../../log";
import { ClientAuthentication } from "../../outbound/client-authentication";
import { formPost } from "../../outbound/form-post";
import { clientToken } from "../../outbound/kinds/client-credentials";
import { secretReader } from "../../outbound/secret-reader";
import { Assertions } from "../../outbound/signed";
import type { KeysOf } from "../../outside/outside-token";
import type { Registry } from "../../registry/registry";
import type { KeySet } from "../../signer/key-set";
import type { StateStore } from "../../store/store";
import type { CommonConfig } from "../config";
import { HeldToken } from "../signals/held-token";
import { type Poll, SignalPolling } from "../signals/polling";
import { PushedEvents } from "../signals/pushed-events";
import { SignalReceiver } from "../signals/receiver";
import type { SignalSource } from "../signals/signals-schema";
import { transmitter } from "../signals/transmitter";
import { StreamVerification } from "../signals/verification";
import { verificationRequest } from "../signals/verification-request";
import { stateOf } from "./state-store";

/** What lasts as long as the process */
export interface SignalResources {
  readonly registry: Registry;
  readonly store: StateStore;
  readonly keys: KeySet;
  /** Of issuers of users */
  readonly keysOf: KeysOf;
  readonly ledger: Ledger;
  readonly log: Log;
  readonly clock: Clock;
}

export interface FetchedSignals {
  /** Issuers that were not heard for some minutes */
  silent(): readonly string[];
  /** Takes what is pushed; undefined if no issuer does */
  readonly pushed: PushedEvents | undefined;
  close(): Promise<void>;
}

/**
 * Fetches the security events of all issuers that the configuration names, from now on, or takes them where they are pushed.
 *
 * @throws ConfigError if an authority cannot be read
 */
export async function fetchSignals(
  { signals = [], userKeys, outbound }: CommonConfig,
  { registry, store, keys, keysOf, ledger, log, clock }: SignalResources,
): Promise<FetchedSignals> {
  const ca = userKeys && readText(userKeys.ca, "userKeys.ca");
  const secrets = await secretReader(signals.flatMap(secretOf), outbound?.secretsEndpoint, clock);
  const clients = new ClientAuthentication(secrets, new Assertions(keys, clock));
  const asks = { clients, post: formPost(ca), clock };
  const state = stateOf(store, keys);
  const shared = {
    registry,
    keysOf,
    state: async () => ({ ...(await state()), store }),
    ledger,
    clock,
    log,
  };
  const pollings = signals.map((source) => {
    const { issuer, audience, tokenEndpoint, scope, client, verification: asked } = source;
    const identity = { tokenEndpoint, client, ...(scope !== undefined && { scope }) };
    const token = new HeldToken((signal) => clientToken({ ...asks, identity }, signal), clock);
    const poll = source.poll === undefined ? NOTHING_FETCHED : transmitter({ poll: source.poll, token, ca, log });
    const verification =
      asked &&
      new StreamVerification({
        ...shared,
        stream: { issuer, audience },
        everySeconds: asked.everySeconds,
        request: verificationRequest({ verification: asked, token, ca }),
      });
    const receiver = new SignalReceiver({ ...shared, issuer, audience, verification });
    const polling = new SignalPolling({ issuer, poll, receiver, log, ledger, clock, verification });
    return { issuer, polling, receiver, push: source.push };
  });
  const sources = pollings.flatMap(({ issuer, receiver, push }) =>
    push === undefined ? [] : [{ issuer, receiver, authorization: push.authorization }],
  );
  for (const { polling } of pollings) polling.start();
  return {
    pushed: sources.length === 0 ? undefined : new PushedEvents({ sources, secrets, log }),
    silent: () => pollings.filter(({ polling }) => polling.isSilent).map(({ issuer }) => issuer),
    close: async () => void (await Promise.all(pollings.map(({ polling }) => polling.close()))),
  };
}

/** What is pushed is not fetched: only whether it still is, is looked after. */
const NOTHING_FETCHED: Poll = async () => ({ sets: new Map(), odd: [] });

function secretOf({ client, push }: SignalSource): readonly string[] {
  return [...("secret" in client ? [client.secret] : []), ...(push === undefined ? [] : [push.authorization])];
}
