import { randomUUID } from "node:crypto";
import { type CallFacts, type DecisionInput, own, type PolicyTask } from "../../../domain";
import { requestDigest } from "../../approval/digest";
import { Refusal } from "../../refusal/refusal";
import { Denial } from "../denial";
import type { KnownState } from "../exchange-state";
import type { RecognisedCall } from "../request/recognised-call";
import { costsOf, countsTokens } from "./costs";

/** What the engine is asked about a call, and what the call uses up where it is allowed */
export interface Question {
  readonly input: Omit<DecisionInput, "intent">;
  readonly requestDigest: string;
  readonly costs: Readonly<Record<string, number>>;
  /** Only where it has a cost in tokens */
  readonly reservation?: string;
}

export interface QuestionProps {
  readonly facts: CallFacts;
  readonly call: RecognisedCall;
  /** The policy's declaration of the task; undefined if none of its budgets counts the call */
  readonly task: PolicyTask | undefined;
}

/** @throws Denial `call.amount`, or where the request has no canonical form */
export function questionOf({ input, spent }: KnownState, { facts, call, task }: QuestionProps): Question {
  const { agent, chain, user } = input;
  const digest = digestOf({
    ...facts,
    agent: agent.spiffeId,
    chain,
    user,
    task: input.task,
    arguments: call.arguments,
  });
  const costs = task === undefined ? {} : costsOf(task, `${facts.tool}.${facts.action}`, call);
  const budgets = Object.fromEntries(
    Object.entries(costs).flatMap(([key, cost]) => {
      const used = own(spent, key);
      return used === undefined ? [] : [[key, { spent: used, cost }] as const];
    }),
  );
  return {
    input: { ...input, budgets, call: facts, requestDigest: digest },
    requestDigest: digest,
    costs,
    ...(Object.keys(costs).some(countsTokens) && { reservation: randomUUID() }),
  };
}

/** @throws Denial if the request has no canonical form */
function digestOf(request: Parameters<typeof requestDigest>[0]): string {
  try {
    return requestDigest(request);
  } catch (error) {
    if (error instanceof Refusal) throw new Denial("invalid_request", error.reasons, { cause: error });
    throw error;
  }
}
