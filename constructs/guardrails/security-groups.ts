import type { Json } from "../../domain";
import type { Block } from "./block";
import type { Violation } from "./rule";
import type { StackJson } from "./stack";
import { blocksOf, listOf, textOf, textsOf, type BlockBody } from "./value";

type Direction = "egress" | "ingress";

/** Types of resources with rules of security groups */
export const RULE_TYPES: readonly string[] = [
  "aws_default_security_group",
  "aws_security_group",
  "aws_security_group_rule",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
];

/** The rules of a block that are open to every address */
export function* openRules({ type, body }: Block, direction: Direction, stack: StackJson): Generator<Violation> {
  for (const { at, rule } of rulesOf(type, body, direction)) {
    for (const attribute of ["cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"]) {
      for (const range of openRanges(rule, attribute, at)) {
        const ports = ["from_port", "to_port", "protocol", "ip_protocol"].map((name) => rule[name] ?? null);
        yield { what: `${direction}::${range}`, at: `${at}${attribute}`, evidence: [range, ...ports] };
      }
    }
    for (const attribute of ["prefix_list_ids", "prefix_list_id"])
      for (const { list, range } of listed(rule[attribute], stack))
        yield { what: `${direction}::${list}::${range}`, at: `${at}${attribute}`, evidence: range };
  }
}

const LIST = "aws_ec2_managed_prefix_list";

/** The ranges of prefix lists of the stack that are every address, also those whose entry is a resource of its own */
function* listed(
  lists: Json | undefined,
  stack: StackJson,
): Generator<{ readonly list: string; readonly range: string }> {
  for (const written of listOf(lists)) {
    const list = stack.referred(written)?.block;
    if (list?.type !== LIST || list.mode !== "resource") continue;
    const beside = stack
      .of(`${LIST}_entry`)
      .filter(({ body }) => stack.referred(body["prefix_list_id"])?.block === list);
    for (const entry of [...blocksOf(list.body, "entry", `${list.address}.entry`), ...beside.map(({ body }) => body)])
      for (const range of openRanges(entry, "cidr", `${list.address}.`)) yield { list: list.address, range };
  }
}

function rulesOf(
  type: string,
  body: BlockBody,
  direction: Direction,
): readonly { readonly at: string; readonly rule: BlockBody }[] {
  if (type === "aws_security_group_rule") return textOf(body, "type") === direction ? [{ at: "", rule: body }] : [];
  if (type.startsWith("aws_vpc_security_group_"))
    return type.includes(`_${direction}_`) ? [{ at: "", rule: body }] : [];
  return blocksOf(body, direction).map((rule, index) => ({ at: `${direction}[${index}].`, rule }));
}

/**
 * The ranges of an attribute that are every address, or half of them.
 *
 * @throws UndecidedValue for a range that is known at apply only, and no attribute of a resource
 */
export function openRanges(rule: BlockBody, attribute: string, at: string): readonly string[] {
  return rangesOf(rule, attribute, at).filter(isEveryAddress);
}

function rangesOf(rule: BlockBody, attribute: string, at: string): readonly string[] {
  const written = rule[attribute];
  const texts = (Array.isArray(written) ? written : [written ?? null]) as readonly unknown[];
  // A range of another resource, such as of a network, is one range.
  const own = texts.filter((each) => typeof each !== "string" || !RESOURCE.test(each)) as readonly Json[];
  return textsOf({ [attribute]: own }, attribute, `${at}${attribute}`);
}

/** An attribute of a resource, or ranges of one */
const RESOURCE = /^\$\{(?:data\.)?aws_\w+\.[\w-]+(?:\[[^\]]*\])?(?:\.\w+|\[[^\]]*\])+\}$/;

/** `0.0.0.0/0`, `::/0`, and halves such as `0.0.0.0/1` that make it up. With no bit of a network, `10.0.0.0/0` is every address too. */
function isEveryAddress(range: string): boolean {
  const bits = Number(/\/(\d+)$/.exec(range)?.[1]);
  return bits === 0 || (bits < 8 && !/^(?:10\.|f[cdef])/i.test(range));
}
