import type { DecisionInput } from "../contract";
import type { PolicyDocument } from "../policy-document";

/** A request and the policy that decides on it */
export interface Situation {
  readonly policy: PolicyDocument;
  /** Revision of the policy; 0 if it has none */
  readonly revision: number;
  readonly input: DecisionInput;
}

/** Whose declaration */
export type About =
  { readonly agent: string; readonly task?: string } | { readonly tool: string } | { readonly dataset: string };

/**
 * Where something has to change: in a declaration, after its review; in what is asked for; in what the store holds of
 * session, budgets and approvals; or in what runs the platform.
 */
export type ChangeKind = "declaration" | "request" | "state" | "platform";

/** One possible change, and the request and the policy after it. Equal texts are equal changes. */
export interface Change {
  readonly kind: ChangeKind;
  /** What to do, in a sentence */
  readonly text: string;
  /** Where a declaration has to change */
  readonly about?: About;
  /** Who alone may do it, where that is not the caller */
  readonly by?: string;
  /** What speaks against it, or is assumed */
  readonly caution?: string;
  /** Never changes what it is given; what is not there stays as it is. */
  apply(situation: Situation): Situation;
}

/** Why a rule refused this very request, and what would make it not refuse */
export interface Explanation {
  /** What is wrong, with the values of the request */
  readonly what: string;
  /** The declaration that the rule read */
  readonly about?: About;
  /** All of them are needed */
  readonly changes: readonly Change[];
  /** Why no change can allow it, if so */
  readonly hopeless?: string;
}
