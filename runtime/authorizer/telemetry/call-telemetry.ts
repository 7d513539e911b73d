import { ATTRIBUTES, METRICS, TRACE_HEADER } from "../../../domain/telemetry-names";
import type { Registry } from "../../registry/registry";
import { DeclaredValues, knownReason } from "../../telemetry/declared-values";
import { countRefusal } from "../../telemetry/refusal-metrics";
import type { Facts, Span, Telemetry } from "../../telemetry/telemetry";
import { traceContextOf, traceContextsOf } from "../../telemetry/trace-context";
import type { EndingFacts, Outcome } from "../call/outcomes";
import type { Allowed } from "../call/spent-calls";
import { whoseCall } from "../call/whose-call";
import type { Denial, DenialFacts } from "../denial";
import type { HeaderList } from "../request/headers";
import type { Admitted } from "../ways/ways-in";
import { type CallName, callName, handedOn } from "./call-name";

/** A call that went out, until its outcome is known: as long as {@link Outcomes} keeps it, and no longer */
interface Open {
  readonly span: Span;
  readonly name: CallName;
  readonly whose: Facts;
  readonly begun: number;
}

/** The trace contexts of a request */
export interface TracedRequest {
  readonly headers: HeaderList;
  /** Whether the request may continue the trace of a companion: one from outside may not */
  readonly isOurs: boolean;
  /** `traceparent` of the gRPC call by which Envoy asks, where Envoy traces: it is no header of the request, so no caller can write it */
  readonly asked?: unknown;
}

/** Measures the gateway's decisions, labelled with declared names only. It never throws or blocks. */
export class CallTelemetry {
  private readonly open = new Map<string, Open>();

  constructor(
    private readonly telemetry: Telemetry,
    private readonly registry: Pick<Registry, "current">,
  ) {}

  /** The span is a child of Envoy's, where Envoy has one; otherwise of the companion's, where the request is ours. */
  public within<T>({ headers, isOurs, asked }: TracedRequest, work: () => Promise<T>): Promise<T> {
    const valueOf = (wanted: string): string | undefined => headers.find(([name]) => name === wanted)?.[1];
    const envoys = traceContextOf(asked);
    const from = envoys !== undefined ? [envoys] : isOurs ? traceContextsOf(valueOf(TRACE_HEADER)) : [];
    const span = this.telemetry.begin({ name: "request", kind: "server", from });
    span.link(traceContextOf(valueOf("traceparent")));
    return this.telemetry.within(span, work);
  }

  /** The call goes out: its span ends with it. */
  public allowed(id: string, { bound: { claims }, facts }: Allowed): void {
    const declared = DeclaredValues.of(this.registry);
    const whose = whoseOf(whoseCall(claims), declared);
    const name = callName(facts.tool, facts.action, declared);
    const span = this.telemetry.current();
    named(span, name, whose);
    this.open.set(id, { span, name, whose, begun: performance.now() });
  }

  /** A request for an agent goes to it: only of work that is handed on is it known how it ends. */
  public admitted({ agent, task, call }: Admitted): void {
    if (call !== undefined) return;
    const declared = DeclaredValues.of(this.registry);
    const span = this.telemetry.current();
    named(span, handedOn(declared.agent(agent)), { [ATTRIBUTES.task]: declared.task(agent, task) });
    span.end();
  }

  /** The agent's companion goes on with the trace. */
  public goingOn(admitted: Admitted): Admitted {
    const { traceparent } = this.telemetry.current();
    if (traceparent === undefined) return admitted;
    const remove = admitted.remove.filter((name) => name !== TRACE_HEADER);
    return { ...admitted, set: { ...admitted.set, [TRACE_HEADER]: traceparent }, remove };
  }

  /** @param tool of the route, or the agent that is asked for */
  public refused({ about, codes }: Denial, tool: string | undefined): void {
    const declared = DeclaredValues.of(this.registry);
    const whose = whoseOf(about, declared);
    const name =
      about.asked === undefined ? callName(tool, about.action, declared) : handedOn(declared.agent(about.asked));
    const span = this.telemetry.current();
    named(span, name, whose);
    span.set({ [ATTRIBUTES.reason]: knownReason(codes[0]) });
    span.end(knownReason(codes[0]));
    const { [ATTRIBUTES.tool]: to, [ATTRIBUTES.action]: action } = name.facts;
    const what = {
      ...(to !== undefined && { [ATTRIBUTES.tool]: to }),
      ...(action !== undefined && { [ATTRIBUTES.action]: action }),
    };
    countRefusal(this.telemetry, codes, whose, what);
  }

  public ended(id: string, outcome: Outcome, { used, written, code }: EndingFacts): void {
    const found = this.open.get(id);
    if (found === undefined) return;
    this.open.delete(id);
    const { span, name, whose, begun } = found;
    const error =
      outcome === "succeeded" ? undefined : (code ?? (outcome === "failed" && name.isMcp ? "tool_error" : outcome));
    if (used !== undefined && written !== undefined) {
      span.set({ [ATTRIBUTES.tokensRead]: used - written, [ATTRIBUTES.tokensWritten]: written });
    }
    span.set({ [ATTRIBUTES.outcome]: outcome });
    span.end(error);
    const failed = error === undefined ? {} : { [ATTRIBUTES.errorType]: error };
    const facts = { ...whose, ...name.facts };
    this.telemetry.count(METRICS.calls, { ...facts, [ATTRIBUTES.outcome]: outcome });
    const seconds = (performance.now() - begun) / 1_000;
    if (name.isMcp) this.telemetry.measure(METRICS.mcpDuration, seconds, { ...facts, ...failed });
    if (name.isToolCall) this.telemetry.measure(METRICS.toolDuration, seconds, { ...facts, ...failed });
  }
}

function named(span: Span, { name, facts }: CallName, whose: Facts): void {
  span.rename(name);
  span.set({ ...whose, ...facts });
}

function whoseOf({ agent, task }: DenialFacts, declared: DeclaredValues): Facts {
  return { [ATTRIBUTES.agent]: declared.agent(agent), [ATTRIBUTES.task]: declared.task(agent, task) };
}
