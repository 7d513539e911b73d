/** An expression of Terraform's language. Positions in the text are not kept. */
export type Expression =
  | { readonly kind: "literal"; readonly value: null | boolean | number | string }
  | { readonly kind: "template"; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: "reference"; readonly root: string; readonly steps: readonly Step[] }
  | { readonly kind: "access"; readonly of: Expression; readonly steps: readonly Step[] }
  | { readonly kind: "object"; readonly items: readonly (readonly [key: Expression, value: Expression])[] }
  | { readonly kind: "tuple"; readonly items: readonly Expression[] }
  | { readonly kind: "call"; readonly name: string; readonly inputs: readonly Expression[] }
  /** Of one precedence, from the left to the right: one operator fewer than operands; or one before its only operand */
  | { readonly kind: "operation"; readonly operators: readonly string[]; readonly operands: readonly Expression[] }
  | {
      readonly kind: "conditional";
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  /** Understood as syntax, not evaluated: loops, splats, template directives */
  | { readonly kind: "opaque"; readonly what: string; readonly source: string; readonly inputs: readonly Expression[] };

/** What follows a value: `.name`, `[0]`, `["key"]`, or `[*]` */
export type Step = string | number | Expression;

export const SPLAT: Expression = { kind: "opaque", what: "splat", source: "[*]", inputs: [] };

/** A text that is no expression, or none that is read here */
export class SyntaxProblem extends Error {}
