import { type Condition, isConditionOperator } from "../condition";
import { list } from "../private/values";
import { Glob } from "../sets/glob";
import { SCALES, type ScaleName } from "./scales";

type Compared = ScaleName | "text" | "null";

export type KeyType = Compared | "opaque";

/** One operator on one condition key: a statement applies where all its tests hold. */
export interface KeyTest {
  /** As written */
  readonly key: string;
  /** In lower case: keys are compared without case. */
  readonly name: string;
  /** As written */
  readonly operator: string;
  /** Such as `StringEquals`: without set prefix and `IfExists` */
  readonly base: string;
  /** `every` is ForAllValues, `some` is ForAnyValue. */
  readonly quantifier: "one" | "every" | "some";
  readonly ifExists: boolean;
  /**
   * `opaque`: what it tests is not known here.
   *
   * A value holds a policy variable or a Terraform reference, or is no number, date, address or truth value as its
   * operator needs; or the operator is unknown or compares bytes.
   */
  readonly type: KeyType;
  readonly values: readonly string[];
  /** Equal for equal tests, independent of the order of their values and the case of their key */
  readonly text: string;
}

const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/s;

const TYPES: readonly (readonly [RegExp, Compared])[] = [
  [/^(?:String|Arn)/, "text"],
  [/^Numeric/, "number"],
  [/^Date/, "date"],
  [/^Bool$/, "bool"],
  [/IpAddress$/, "ip"],
  [/^Null$/, "null"],
];

/** The tests of `condition`, in the order written. */
export function keyTests(condition: Condition | undefined): readonly KeyTest[] {
  return Object.entries(condition ?? {}).flatMap(([operator, tests]) =>
    Object.entries(tests).map(([key, values]) => keyTest(operator, key, [...new Set(list(values))].sort())),
  );
}

function keyTest(operator: string, key: string, values: readonly string[]): KeyTest {
  const [, prefix, base = operator, suffix] = OPERATOR.exec(operator) ?? [];
  const name = key.toLowerCase();
  return Object.freeze({
    key,
    name,
    operator,
    base,
    quantifier: prefix === undefined ? "one" : prefix === "ForAllValues" ? "every" : "some",
    ifExists: suffix !== undefined,
    type: typeOf({ operator, base, values }),
    values: Object.freeze(values),
    text: `${operator} ${name} ${JSON.stringify(values)}`,
  });
}

type Written = Pick<KeyTest, "operator" | "base" | "values">;

/** What the operator compares, whether or not its values can be read; undefined if unknown. */
export function comparedBy({ operator, base, values }: Written): Compared | undefined {
  if (!isConditionOperator(operator) || values.length === 0) return undefined;
  return TYPES.find(([pattern]) => pattern.test(base))?.[1];
}

function typeOf(test: Written): KeyType {
  const type = comparedBy(test);
  if (type === undefined) return "opaque";
  return test.values.every((value) => isReadable(type, test.base, value)) ? type : "opaque";
}

function isReadable(type: Compared, base: string, value: string): boolean {
  if (type === "text") return !globOf(base, value).isOpaque;
  return SCALES[type === "null" ? "bool" : type].range(value) !== undefined;
}

/** The texts that `value` stands for under a text operator. */
export function globOf(base: string, value: string): Glob {
  // Source: IAM user guide, condition operators: ArnEquals and ArnLike behave identically.
  if (base.startsWith("Arn")) return Glob.of(value, "arn");
  if (base.endsWith("IgnoreCase")) return Glob.exact(value, "caseless");
  return base.endsWith("Like") ? Glob.of(value, "text") : Glob.exact(value, "text");
}

/** Whether the operator is the opposite of another: several values mean "none of them", and an absent key will do. */
export function isNegated({ base }: KeyTest): boolean {
  return base.includes("Not");
}
