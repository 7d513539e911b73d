/** What a fact may be: no text of a request becomes a name of one */
export type Fact = boolean | number | string | readonly (number | string)[] | { readonly [name: string]: Fact };
export type Facts = Record<string, Fact>;

/** A question in Cedar's words, as policies/cedar/ambit.cedarschema declares them. There are no entities beside it. */
export interface CedarQuestion {
  readonly principal: { readonly type: "Ambit::Agent"; readonly id: string };
  readonly action: { readonly type: "Ambit::Action"; readonly id: "issue" | "call" };
  readonly resource: { readonly type: "Ambit::Task"; readonly id: string };
  readonly context: Readonly<Facts>;
}

/** As policies count sensitivity */
export const RANKS = { public: 0, internal: 1, confidential: 2, restricted: 3 } as const;

/** Identity of the minimum */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER;
