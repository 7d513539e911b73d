import { type Asked, type Place, placeOf } from "./asked";
import type { Members, RpcId } from "./rpc";

export interface AwaitedProps {
  /** What the agent gets in the place of a result */
  readonly result: (message: Members) => Members;
  /** How much text `result` holds, in characters */
  readonly length?: number;
}

/** The answer to one request, until it has come */
export class AwaitedAnswer {
  /** Undefined where it comes on the stream of its request alone */
  public readonly place: Place | undefined;
  public readonly result: AwaitedProps["result"];
  public readonly length: number;
  public isTaken = false;
  /** Whether it was kept once, for a client that comes back */
  public wasKept = false;

  constructor(
    asked: Asked,
    public readonly id: RpcId,
    { result, length = 0 }: AwaitedProps,
  ) {
    this.place = placeOf(asked);
    this.result = result;
    this.length = length;
  }
}
