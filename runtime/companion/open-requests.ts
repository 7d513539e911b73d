import type { Log } from "../log";
import { OpenWork } from "../open-work";
import type { ExchangeClient } from "./exchange-client";
import { Problem } from "./problem";
import type { Run } from "./run";

export interface OpenRequestsProps {
  readonly exchange: Pick<ExchangeClient, "stopped">;
  readonly log: Log;
  /** Told of each run that the exchange says was stopped */
  readonly stopped: (run: Run) => void;
  /** @default - of `performance` */
  readonly elapsed?: () => number;
}

/** The exchange takes no more at once (runtime/exchange/messages/message-request.ts). */
const MOST_AT_ONCE = 64;

/** Requests in both directions that are open. One whose run was stopped is cut, whether its answer has begun or not. */
export class OpenRequests {
  private readonly work: OpenWork;
  private begun = 0;

  constructor(private readonly props: OpenRequestsProps) {
    const { exchange, elapsed } = props;
    this.work = new OpenWork({ ask: (runs) => exchange.stopped(runs), most: MOST_AT_ONCE, elapsed });
  }

  /** Ask by itself, until the result is called. */
  public watch(): () => void {
    return this.work.watch();
  }

  public look(): Promise<void> {
    return this.work.look();
  }

  /**
   * Have a request cut when its run is stopped, until the result is called.
   *
   * @param since of `elapsed`, when it was asked for whether it may begin; now, where it is left out
   */
  public cutWhenStopped(run: Run, cut: (because: Problem) => void, since?: number): () => void {
    this.begun += 1;
    const id = `${this.begun}`;
    this.work.begin(id, run.run, (codes) => this.stopped(run, cut, codes), since);
    return () => this.work.end(id);
  }

  private stopped(run: Run, cut: (because: Problem) => void, codes: readonly string[] | undefined): void {
    const why = codes?.join(", ") ?? "the exchange could not be asked whether it may go on";
    this.props.log("request.cut", { run: run.run, txn: run.txn, task: run.task, codes: codes ?? null });
    cut(Problem.of("companion.cut", `the request was cut while it was open: ${why}`));
    // Behind the others of the run, which are told why too.
    if (codes !== undefined) setImmediate(() => this.props.stopped(run));
  }
}
