import { setTimeout as sleep } from "node:timers/promises";
import { type Log, told } from "../../log";
import type { EnvoyAdmin } from "./envoy-admin";

/** Maximum time that the pod gets to end after it is drained. */
const ENDS_WITHIN_MILLISECONDS = 15_000;

/** Takes the pod out of service before its processes are told to end: Envoy ends at once, in the middle of requests. */
export class Drain {
  private begun: Promise<void> | undefined;

  /** @param endsWithin milliseconds in which this process ends behind a drain, if its pod does */
  constructor(
    private readonly envoy: Pick<EnvoyAdmin, "drain">,
    private readonly seconds: number,
    private readonly log: Log,
    private readonly endsWithin = ENDS_WITHIN_MILLISECONDS,
  ) {}

  public get hasBegun(): boolean {
    return this.begun !== undefined;
  }

  /** Begin, unless it has begun, and wait until it is over. Each container of the pod asks for it. */
  public over(): Promise<void> {
    return (this.begun ??= this.run());
  }

  private async run(): Promise<void> {
    this.log("pod.draining", { seconds: this.seconds });
    // Without Envoy nothing is served, so there is nothing to drain.
    const drained = await this.envoy.drain().then(
      () => true,
      (error: unknown) => (this.log("pod.not-drained", { because: told(error) }), false),
    );
    if (drained) await sleep(this.seconds * 1_000);
    this.log("pod.drained");
    setTimeout(() => this.goOn(), this.endsWithin).unref();
  }

  /** Kubernetes asks for it too where it starts one container anew, as one that hangs: the pod goes on, and would never be ready again. */
  private goOn(): void {
    this.begun = undefined;
    this.log("pod.goes-on");
  }
}
