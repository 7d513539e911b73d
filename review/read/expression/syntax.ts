/** An expression of Terraform's language. Positions in the text are not kept. */
export type Expression =
  | { readonly kind: "literal"; readonly value: null | boolean | number | string }
  | { readonly kind: "template"; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: "reference"; readonly root: string; readonly steps: readonly Step[] }
  | { readonly kind: "access"; readonly of: Expression; readonly steps: readonly Step[] }
  | { readonly kind: "object"; readonly items: readonly (readonly [key: Expression, value: Expression])[] }
  | { readonly kind: "tuple"; readonly items: readonly Expression[] }
  | { readonly kind: "call"; readonly name: string; readonly inputs: readonly Expression[] }
  /** Of one precedence, from left to right: one operator fewer than operands; or a unary operator with its operand */
  | { readonly kind: "operation"; readonly operators: readonly string[]; readonly operands: readonly Expression[] }
  | {
      readonly kind: "conditional";
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  /** Parsed, not evaluated: loops, splats, template directives */
  | { readonly kind: "opaque"; readonly what: string; readonly source: string; readonly inputs: readonly Expression[] };

/** An access step: `.name`, `[0]`, `["key"]`, or `[*]` */
export type Step = string | number | Expression;

export const SPLAT: Expression = { kind: "opaque", what: "splat", source: "[*]", inputs: [] };

/** Text that is no expression, or uses syntax that is not parsed here */
export class SyntaxProblem extends Error {}
