import {
  type About,
  type Change,
  type ChangeKind,
  type Decision,
  type DecisionInput,
  EXCHANGE_REASONS,
  explanationOf,
  own,
  type Reason,
  REASONS,
  RUN_AUDIENCE,
  type Situation,
  type SourceLine,
  undecided,
} from "../../domain";
import { type Asked, checkedIn, type Logged } from "../asked";
import type { Synthesized } from "../synthesized";
import { planFor, type Plan } from "./plan";

/** Grows when a reader of `ambit explain --json` must change */
export const EXPLAIN_VERSION = "ambit.explain/1";

/** Decides a situation */
export type Decide = (situation: Situation) => Promise<Decision>;

export interface Explained {
  readonly version: typeof EXPLAIN_VERSION;
  /** Of the case, or the id of the decision in the log */
  readonly name: string | null;
  /** What was asked, in a sentence */
  readonly request: string;
  readonly policy: { readonly folder: string; readonly revision: number };
  readonly engine: "cedar" | "opa";
  /** Paths of the request that the log does not show: they are compared, and never looked into */
  readonly masked: readonly string[];
  readonly logged: (Logged & { readonly same: boolean }) | null;
  /** What the synthesized policy says, where OPA was asked and decides by another one */
  readonly synthesized: { readonly decision: "allow" | "deny"; readonly reasons: readonly Reason["code"][] } | null;
  readonly decision: "allow" | "deny";
  readonly reasons: readonly ExplainedReason[];
  /** Rules that would have refused, were they not only observed */
  readonly observed: readonly { readonly code: Reason["code"]; readonly what: string }[];
  /** What an allowed request rests on */
  readonly allowedBy: readonly Place[];
  /** Null if the request is allowed */
  readonly remedy: Remedy | null;
}

export interface ExplainedReason {
  readonly code: Reason["code"];
  readonly what: string;
  readonly declared: Place | null;
}

/** A declaration, and where it stands if that is known */
export interface Place {
  readonly declaration: string;
  readonly source: SourceLine | null;
}

export interface ExplainedChange {
  readonly kind: ChangeKind;
  readonly text: string;
  readonly place: Place | null;
  /** Who alone may do it, where that is not the caller */
  readonly by: string | null;
  readonly caution: string | null;
}

export type Remedy =
  | {
      readonly possible: true;
      readonly changes: readonly (ExplainedChange & { readonly without: readonly Reason["code"][] })[];
      readonly proof: { readonly decision: "allow"; readonly observed: readonly Reason["code"][] };
      /** Whether each of the changes is needed */
      readonly smallest: boolean;
    }
  | {
      readonly possible: false;
      readonly because: readonly { readonly code: Reason["code"]; readonly why: string }[];
      /** What would be needed besides, and is not enough */
      readonly changes: readonly ExplainedChange[];
    };

export interface Engines {
  readonly name: "cedar" | "opa";
  /** Says what was decided */
  readonly first: Decide;
  /** Decides again, by policies that are not deployed */
  readonly again: Decide;
}

export async function explain(
  asked: Asked,
  synthesized: Synthesized,
  revision: number,
  engines: Engines,
): Promise<Explained> {
  const { policy, folder, placeOf } = synthesized;
  const checked = checkedIn(asked);
  const common = {
    version: EXPLAIN_VERSION,
    name: asked.name ?? null,
    policy: { folder, revision },
    engine: engines.name,
    masked: asked.masked,
    allowedBy: [],
    observed: [],
    synthesized: null,
  } as const;
  if (asked.input === undefined && asked.logged !== undefined)
    return { ...common, ...unseen(asked.logged, asked.asks) };
  if (!checked.ok) {
    const { code, what } = checked.problem;
    const { hopeless = "" } = undecided(code);
    return {
      ...common,
      request: "a request that is not of the contract",
      logged: loggedAnd(asked.logged, [code]),
      decision: "deny",
      reasons: [{ code, what, declared: null }],
      remedy: { possible: false, because: [{ code, why: hopeless }], changes: [] },
    };
  }
  const situation: Situation = { policy, revision, input: checked.input };
  const decided = await engines.first(situation);
  const codes = decided.reasons.map(codeOf);
  const again = engines.name === "cedar" ? decided : await engines.again(situation);
  const plan = await planFor(situation, again, engines.again);
  return {
    ...common,
    request: sentenceOf(checked.input, policy),
    logged: loggedAnd(asked.logged, codes),
    synthesized: sameAs(decided, again) ? null : { decision: again.decision, reasons: again.reasons.map(codeOf) },
    decision: decided.decision,
    reasons: codes.map((code) => {
      const { what, about } = explanationOf(situation, code);
      return { code, what, declared: about === undefined ? null : placed(about, placeOf) };
    }),
    observed: decided.observed.map(({ code }) => ({ code, what: explanationOf(situation, code).what })),
    allowedBy:
      decided.decision === "allow" ? foundations(checked.input, policy).map((about) => placed(about, placeOf)) : [],
    remedy: remedyOf(plan, placeOf),
  };
}

function remedyOf(plan: Plan<Decision>, placeOf: Synthesized["placeOf"]): Remedy | null {
  if (plan.outcome === "allowed") return null;
  if (plan.outcome === "impossible") {
    return {
      possible: false,
      because: plan.because,
      changes: plan.changes.map((change) => shownChange(change, placeOf)),
    };
  }
  return {
    possible: true,
    changes: plan.changes.map(({ change, without }) => ({ ...shownChange(change, placeOf), without })),
    proof: { decision: "allow", observed: plan.after.observed.map(({ code }) => code) },
    smallest: plan.smallest,
  };
}

function shownChange({ kind, text, about, by, caution }: Change, placeOf: Synthesized["placeOf"]): ExplainedChange {
  return {
    kind,
    text,
    place: about === undefined ? null : placed(about, placeOf),
    by: by ?? null,
    caution: caution ?? null,
  };
}

function placed(about: About, placeOf: Synthesized["placeOf"]): Place {
  const declaration =
    "agent" in about
      ? `agent ${about.agent}${about.task === undefined ? "" : `, task ${about.task}`}`
      : "tool" in about
        ? `tool ${about.tool}`
        : `dataset ${about.dataset}`;
  return { declaration, source: placeOf(about) ?? null };
}

/** Where the rights stand that an allowed request used: those of the task, of the tool, and of every edge */
function foundations({ agent, task, call, chain }: DecisionInput, policy: Situation["policy"]): readonly About[] {
  const delegators = chain.flatMap((hop) => {
    const name = own(policy.agents, hop.spiffeId)?.name;
    return name === undefined ? [] : [{ agent: name, task: hop.task }];
  });
  return [{ agent: agent.name, task }, ...(call === null ? [] : [{ tool: call.tool }]), ...delegators];
}

export function sentenceOf(input: DecisionInput, policy: Situation["policy"]): string {
  const { agent, task, call, chain } = input;
  const what = call === null ? asksFor(input) : `calls ${call.tool}.${call.action} at ${call.destination}`;
  const hops = chain.map(({ spiffeId, task: name }) => `${own(policy.agents, spiffeId)?.name ?? spiffeId}.${name}`);
  return `${agent.name}.${task} ${what}${hops.length === 0 ? "" : `, handed on by ${hops.join(" → ")}`}`;
}

function asksFor({ token: { audience }, run, time }: DecisionInput): string {
  if (audience !== RUN_AUDIENCE) return `asks for a token for ${audience}`;
  return run.startedAt < time ? "goes on with a run without a token" : "begins a run without a token";
}

function loggedAnd(logged: Logged | undefined, codes: readonly Reason["code"][]): Explained["logged"] {
  if (logged === undefined) return null;
  const decision = codes.length === 0 ? "allow" : "deny";
  return { ...logged, same: logged.decision === decision && logged.reasons.join() === [...codes].sort().join() };
}

/** What can be said of a request that the log does not show */
function unseen(
  logged: Logged,
  asks = "a request that the log line does not show",
): Pick<Explained, "request" | "logged" | "decision" | "reasons" | "remedy"> {
  const codes = logged.reasons as readonly Reason["code"][];
  const why = "the log line does not show the request, so it cannot be decided again";
  return {
    request: asks,
    logged: { ...logged, same: true },
    decision: logged.decision,
    reasons: codes.map((code) => ({
      code,
      what:
        own(REASONS, code)?.what ??
        own(EXCHANGE_REASONS, code)?.what ??
        "a rule that this version does not know refused",
      declared: null,
    })),
    remedy:
      logged.decision === "allow"
        ? null
        : {
            possible: false,
            because: codes.map((code) => ({ code, why: own(EXCHANGE_REASONS, code)?.fix ?? why })),
            changes: [],
          },
  };
}

function sameAs(one: Decision, other: Decision): boolean {
  return one.decision === other.decision && one.reasons.map(codeOf).join() === other.reasons.map(codeOf).join();
}

function codeOf({ code }: Reason): Reason["code"] {
  return code;
}
