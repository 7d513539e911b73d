import type { Json } from "../../domain";
import { attachedTo } from "./attached";
import type { Block } from "./block";
import { oncePer } from "./private/once-per";
import { sumToEverywhere } from "./private/range-sums";
import { textsBehind } from "./private/stands-for";
import type { Violation } from "./rule";
import type { StackJson } from "./stack";
import { type BlockBody, blocksOf, listOf, textOf, textsOf } from "./value";

type Direction = "egress" | "ingress";

/** Types of resources with rules of security groups */
export const RULE_TYPES: readonly string[] = [
  "aws_default_security_group",
  "aws_security_group",
  "aws_security_group_rule",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
];

/** The rules of a block that are open to every address, each by itself or all together */
export function* openRules({ type, body }: Block, direction: Direction, stack: StackJson): Generator<Violation> {
  const all: string[] = [];
  for (const { at, rule } of rulesOf(type, body, direction)) {
    for (const attribute of ["cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"]) {
      const ranges = rangesOf(rule, attribute, at);
      all.push(...ranges);
      for (const range of ranges.filter(isEveryAddress)) {
        const ports = ["from_port", "to_port", "protocol", "ip_protocol"].map((name) => rule[name] ?? null);
        yield { what: `${direction}::${range}`, at: `${at}${attribute}`, evidence: [range, ...ports] };
      }
    }
    for (const attribute of ["prefix_list_ids", "prefix_list_id"])
      for (const list of listsIn(rule[attribute], stack))
        for (const { range, evidence } of openIn(list, stack))
          yield { what: `${direction}::${list.address}::${range}`, at: `${at}${attribute}`, evidence };
  }
  if (isOpenTogether(all)) yield { what: `${direction}::together`, at: direction, evidence: all };
}

/** Whether ranges, none of which is every address, are as many as every address */
function isOpenTogether(ranges: readonly string[]): boolean {
  return !ranges.some(isEveryAddress) && sumToEverywhere(ranges);
}

const LIST = "aws_ec2_managed_prefix_list";

const NAMED = new RegExp(`(?<![\\w.-])${LIST}\\.[\\w-]+`, "g");

/** The prefix lists of the stack that an attribute names, by whichever expression */
function listsIn(written: Json | undefined, stack: StackJson): readonly Block[] {
  const texts = listOf(written).flatMap((each) =>
    typeof each === "string" ? [each, ...textsBehind(each, stack)] : [],
  );
  const names = new Set(texts.flatMap((text) => text.match(NAMED) ?? []));
  return [...names].flatMap((name) => stack.at(name) ?? []);
}

interface OpenList {
  /** A range, or `together` */
  readonly range: string;
  readonly evidence: Json;
}

// A list may have thousands of entries, and be named by as many rules.
const knownLists = oncePer<StackJson, Map<Block, readonly OpenList[]>>(() => new Map());

/** @throws UndecidedValue for a list with a range that is known at apply only */
function openIn(list: Block, stack: StackJson): readonly OpenList[] {
  const known = knownLists(stack);
  const found = known.get(list) ?? readList(list, stack);
  known.set(list, found);
  return found;
}

/** The ranges of a prefix list that are every address, also those whose entry is a resource of its own */
function readList(list: Block, stack: StackJson): readonly OpenList[] {
  const beside = attachedTo(list, stack, `${LIST}_entry`, "prefix_list_id").map(({ body }) => body);
  const entries = [...blocksOf(list.body, "entry", `${list.address}.entry`), ...beside];
  const ranges = entries.flatMap((entry) => rangesOf(entry, "cidr", `${list.address}.`));
  const open = ranges.filter(isEveryAddress).map((range) => ({ range, evidence: range }));
  return isOpenTogether(ranges) ? [{ range: "together", evidence: ranges }] : open;
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
  return textsOf({ [attribute]: own }, attribute, `${at}${attribute}`).filter((range) => range !== "");
}

/** An attribute of a resource, or ranges of one */
const RESOURCE = /^\$\{(?:data\.)?aws_\w+\.[\w-]+(?:\[[^\]]*\])?(?:\.\w+|\[[^\]]*\])+\}$/;

/** `0.0.0.0/0`, `::/0`, and halves such as `0.0.0.0/1` that make it up. With no bit of a network, `10.0.0.0/0` is every address too. */
function isEveryAddress(range: string): boolean {
  const bits = Number(/\/(\d+)$/.exec(range)?.[1]);
  return bits === 0 || (bits < 8 && !/^(?:10\.|f[cdef])/i.test(range));
}
