import { own, REASONS } from "../../../domain";
import { Bounded } from "../../bounded";
import { reasonOf } from "../../decision/decider";
import type { Log } from "../../log";
import { type OpenWorkProps, OpenWork } from "../../open-work";
import { endOf } from "../answer/end-of";
import { Denial } from "../denial";
import type { ExchangeState } from "../exchange-state";
import type { Outcomes } from "./outcomes";
import type { Allowed } from "./spent-calls";
import { whoseCall } from "./whose-call";

export interface OpenCallsProps extends Pick<OpenWorkProps, "elapsed"> {
  readonly exchange: Pick<ExchangeState, "stopped">;
  readonly outcomes: Pick<Outcomes, "end">;
  readonly log: Log;
}

/** The exchange takes no more at once (runtime/state/state-schema.ts). */
const MOST_AT_ONCE = 64;
/** More than are under way at once in one gateway */
const MOST_CUT = 8_192;

/**
 * Open calls of tools. A call whose run was stopped is cut, before or during its answer: its effect is then unknown,
 * and the agent gets no more of it.
 */
export class OpenCalls {
  private readonly work: OpenWork;
  /** Until Envoy tells of their end */
  private readonly cuts = new Bounded<Denial>(MOST_CUT);
  private readonly answers = new Map<string, (because: Denial) => void>();

  constructor(private readonly props: OpenCallsProps) {
    const { exchange, elapsed } = props;
    this.work = new OpenWork({
      ask: async (names) => {
        const stopped = await exchange.stopped(names);
        return new Map(stopped.map(({ at, codes }) => [names[at] ?? "", codes]));
      },
      most: MOST_AT_ONCE,
      elapsed,
    });
  }

  /** Ask by itself, until the result is called. */
  public watch(): () => void {
    return this.work.watch();
  }

  public look(): Promise<void> {
    return this.work.look();
  }

  /** A call of a tool went out. */
  public begin(id: string, call: Allowed): void {
    const { run, jti } = call.bound.claims;
    // As the exchange is asked: the text is the question.
    this.work.begin(id, JSON.stringify({ run, token: jti }), (codes) => this.cut(id, call, codes));
  }

  /** Envoy tells that it ended. */
  public end(id: string): void {
    this.work.end(id);
    this.cuts.drop(id);
    this.answers.delete(id);
  }

  /** Why a call was cut, which Envoy has not told to have ended; undefined if it was not */
  public cutOf(id: string): Denial | undefined {
    return this.cuts.of(id);
  }

  /** An answer has begun: what ends it, until the result is called. */
  public answering(id: string, cut: (because: Denial) => void): () => void {
    this.answers.set(id, cut);
    return () => void this.answers.delete(id);
  }

  private cut(id: string, call: Allowed, codes: readonly string[] | undefined): void {
    const { outcomes, log } = this.props;
    const denial = cutBecause(codes);
    const told = call.refused?.(denial) ?? denial;
    this.cuts.put(id, told);
    const { outcome, used } = call.answer === undefined ? { outcome: "unknown" as const } : endOf(call.answer, true);
    outcomes.end(id, outcome, { used, code: "call.cut" });
    log("call.cut", { decision: id, ...whoseCall(call.bound.claims), tool: call.facts.tool, codes: denial.codes });
    this.answers.get(id)?.(told);
    this.answers.delete(id);
  }
}

function cutBecause(codes: readonly string[] | undefined): Denial {
  const { error, reasons } =
    codes === undefined
      ? Denial.of(
          "call.cut",
          "the call was cut while it was open, as the exchange could not be asked whether it may go on",
        )
      : Denial.of("call.cut");
  return new Denial(error, [...reasons, ...(codes ?? []).filter(isKnown).map(reasonOf)]);
}

/** A later exchange may say others. */
function isKnown(code: string): boolean {
  return own(REASONS, code) !== undefined;
}
