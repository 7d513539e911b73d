import { type FleetView, type Registry, RegistryUnavailable } from "./registry";
import { RegistryError } from "./registry-error";
import type { RegistrySource } from "./registry-source";
import { checkPublicKeys, type Manifest, manifestOf, openRegistry } from "./signed-registry";

/** Between the first exchange that has a newer registry and the last, the last one refuses. */
const POLL_SECONDS = 1;
const STALE_SECONDS = 60;
const MILLISECONDS = 1_000;

/** What a look brought. What is the same as at the look before is not told again. */
export type RegistryEvent =
  /** Another registry is in force. `from` is the revision before, 0 for none. */
  | { readonly kind: "registry.taken"; readonly from: number; readonly manifest: Manifest }
  /** What lies there is not believed, or not there: the last one stays until the bound. */
  | { readonly kind: "registry.refused"; readonly reason: string }
  /** The source does not answer. */
  | { readonly kind: "registry.unreachable"; readonly reason: string }
  /** The source has what is in force again, after a look that failed. */
  | { readonly kind: "registry.found"; readonly manifest: Manifest };

export interface RegistryWatcherProps {
  readonly source: RegistrySource;
  /** PEM of the public keys, EC on P-256: each may sign */
  readonly publicKeys: readonly string[];
  /** What signatures must be good for */
  readonly scope: string;
  /** Of the exchange; a registry of another is refused */
  readonly trustDomain: string;
  /**
   * Notes that a revision comes into force, and gives the highest that ever did: an older registry is refused.
   *
   * @default - only this process's own count
   */
  readonly note?: (revision: number) => Promise<number>;
  /** @default 1 */
  readonly pollSeconds?: number;
  /**
   * Seconds after the last look that found a valid registry, from which no registry is in force.
   *
   * @default 60
   */
  readonly staleSeconds?: number;
  /** @default - none */
  readonly onEvent?: (event: RegistryEvent) => void;
  /**
   * Milliseconds from any beginning, that never go back.
   *
   * @default - performance.now
   */
  readonly elapsed?: () => number;
}

interface Held {
  readonly token: string;
  readonly manifest: Manifest;
  readonly view: FleetView;
}

/**
 * Polls for a newer registry. An invalid one is never used, and the last one stays in force only until `staleSeconds`:
 * otherwise a writer of the source could hold back a newer registry for ever.
 */
export class RegistryWatcher implements Registry {
  private held: Held | undefined;
  /** When the last look began that found a sound registry */
  private soundAt = Number.NEGATIVE_INFINITY;
  private trouble: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = true;
  private readonly props: Required<RegistryWatcherProps>;

  /** @throws RegistryError for keys or times that cannot be used */
  constructor(props: RegistryWatcherProps) {
    this.props = {
      pollSeconds: POLL_SECONDS,
      staleSeconds: STALE_SECONDS,
      note: (revision) => Promise.resolve(revision),
      onEvent: () => undefined,
      elapsed: () => performance.now(),
      ...props,
    };
    const { publicKeys, pollSeconds, staleSeconds } = this.props;
    checkPublicKeys(publicKeys);
    if (!(pollSeconds > 0 && staleSeconds > pollSeconds)) {
      const got = `${staleSeconds} and ${pollSeconds}`;
      throw new RegistryError(`staleSeconds must be longer than pollSeconds, and that above zero, got ${got}`);
    }
  }

  public current(): FleetView {
    const { source, staleSeconds, elapsed } = this.props;
    const because = this.trouble === undefined ? "" : `: ${this.trouble}`;
    if (this.held === undefined)
      throw new RegistryUnavailable(`no sound registry was found at ${source.name}${because}`);
    const seconds = (elapsed() - this.soundAt) / MILLISECONDS;
    if (seconds <= staleSeconds) return this.held.view;
    const since = `no sound registry was found at ${source.name} for ${Math.floor(seconds)} s`;
    throw new RegistryUnavailable(`${since}, and ${staleSeconds} s are allowed${because}`);
  }

  /** Look once, and from then on every `pollSeconds`. The result of the first look is an event, and `current()`. */
  public async start(): Promise<void> {
    this.stopped = false;
    await this.lookAndGoOn();
  }

  public stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Look once. Every failure is an event, never an error. */
  public async look(): Promise<void> {
    const began = this.props.elapsed();
    try {
      await this.taken();
      this.soundAt = began;
      if (this.trouble !== undefined && this.held !== undefined) {
        this.props.onEvent({ kind: "registry.found", manifest: this.held.manifest });
      }
      this.trouble = undefined;
    } catch (error) {
      const reason = (error as Error).message;
      const kind = error instanceof RegistryError ? "registry.refused" : "registry.unreachable";
      if (reason !== this.trouble) this.props.onEvent({ kind, reason });
      this.trouble = reason;
    }
  }

  private async lookAndGoOn(): Promise<void> {
    await this.look();
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.lookAndGoOn(), this.props.pollSeconds * MILLISECONDS);
    this.timer.unref();
  }

  /** @throws RegistryError if what lies there is not sound */
  private async taken(): Promise<void> {
    const { source, trustDomain, note, onEvent } = this.props;
    const published = await source.read();
    if (published === undefined) throw new RegistryError(`there is no registry at ${source.name}: publish one`);
    const { token } = published;
    if (token === this.held?.token) return;
    const manifest = manifestOf(token, this.props);
    if (manifest.trustDomain !== trustDomain) {
      const got = `got ${JSON.stringify(manifest.trustDomain)}`;
      throw new RegistryError(`the registry must be of trust domain ${JSON.stringify(trustDomain)}, ${got}`);
    }
    const view = await openRegistry(manifest, await published.packed());
    const from = this.held?.manifest.revision ?? 0;
    const highest = Math.max(from, await note(manifest.revision));
    if (manifest.revision < highest) {
      const got = `revision ${highest} was in force, got ${manifest.revision}`;
      throw new RegistryError(`the registry must not be older than the last one: ${got}: sign it again`);
    }
    this.held = { token, manifest, view };
    this.trouble = undefined;
    onEvent({ kind: "registry.taken", from, manifest });
  }
}
