/** An order with what is to be paid back of it, in euros */
export interface Refund {
  readonly order: string;
  readonly amount: number;
}

/** Refunds of the story, by what becomes of them: paid; approved and not paid before the agent is stopped; not decided by then */
export const REFUNDS = {
  paid: { order: "AC-481516", amount: 42.15 },
  approved: { order: "AC-481517", amount: 43.16 },
  waiting: { order: "AC-481518", amount: 44.17 },
} as const satisfies Readonly<Record<string, Refund>>;
