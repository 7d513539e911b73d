import type { Clock } from "../clock";
import { inTime } from "../in-time";
import { OutboundFailure } from "./credential";

/** Milliseconds for everything that getting a credential takes */
export const DEADLINE_MILLISECONDS = 5_000;
/** Of other names the oldest are forgotten, and got again when they are asked for. */
const MOST_KEPT = 10_000;

export type Load<T> = (signal: AbortSignal) => Promise<T>;

/** Things that are hard to get and last for a while, by name. Who asks for one that is on its way waits for the same. */
export class Kept<T extends { readonly expiresAt: number }> {
  private readonly values = new Map<string, T>();
  private readonly loading = new Map<string, Promise<T>>();

  /**
   * @param margin seconds before its end from which a thing is got again
   * @param milliseconds after which getting it has failed
   */
  constructor(
    private readonly clock: Clock,
    private readonly margin: number,
    private readonly milliseconds = DEADLINE_MILLISECONDS,
  ) {}

  /** @param name of the thing: what differs in anything that matters has another one */
  public async get(name: string, load: Load<T>): Promise<T> {
    return this.known(name) ?? this.loading.get(name) ?? this.loaded(name, load);
  }

  /** Undefined if it would have to be got */
  public known(name: string): T | undefined {
    const value = this.values.get(name);
    return value !== undefined && this.isFresh(value) ? value : undefined;
  }

  private loaded(name: string, load: Load<T>): Promise<T> {
    this.values.delete(name);
    const loading = withinDeadline(load, this.milliseconds)
      .then((value) => {
        if (this.isFresh(value)) this.keep(name, value);
        return value;
      })
      .finally(() => this.loading.delete(name));
    this.loading.set(name, loading);
    return loading;
  }

  private keep(name: string, value: T): void {
    this.values.set(name, value);
    if (this.values.size <= MOST_KEPT) return;
    const [oldest] = this.values.keys();
    this.values.delete(oldest as string);
  }

  private isFresh({ expiresAt }: T): boolean {
    return this.clock() < expiresAt - this.margin;
  }
}

/**
 * What `load` gives, or a failure when the time is over, also where `load` does not heed its signal.
 *
 * @throws OutboundFailure
 */
export async function withinDeadline<T>(load: Load<T>, milliseconds = DEADLINE_MILLISECONDS): Promise<T> {
  const over = new AbortController();
  try {
    const late = () => new OutboundFailure(`it took longer than ${milliseconds} ms`);
    return await inTime(load(over.signal), milliseconds, late);
  } catch (error) {
    over.abort();
    throw error;
  }
}
