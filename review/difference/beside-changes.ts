import type { Unknown } from "../change";
import { show } from "../read/json";
import type { Beside, BesideKind, Estate } from "../read/resource";

/** Effects of a block that comparing access does not show */
const MAY: Readonly<Record<BesideKind, string>> = {
  output: "everyone who can read the state or its outputs learns its value: check what it discloses",
  terraform:
    "it sets where Terraform keeps the state, so who can read it and which stack's state is written: check that place",
  provider: "the provider runs with the rights of the deploy: check where it comes from",
  import: "Terraform takes over an existing resource and changes it to what is declared: check which one",
  moved: "Terraform takes an existing resource for this one and changes it to what is declared: check which one",
  check: "it reads data sources at each plan, and may send requests to any host: check what it asks",
};

/** New or changed blocks beside the resources, and removed ones that say where the state lies */
export function besideUnknowns(base: Estate, head: Estate): readonly Unknown[] {
  const stacks = new Set(head.besides.map(stackOf));
  return [
    ...unmatched(head.besides, base.besides).map((one) => noted(one, "it is new, or another")),
    ...movedStates(base.besides, head.besides),
    ...unmatched(base.besides, head.besides)
      .filter((one) => one.kind === "terraform" && stacks.has(stackOf(one)))
      .filter(({ place }) => !head.besides.some((one) => one.place.address === place.address))
      .map((one) => noted(one, "it is gone")),
  ];
}

/** Local states that kept their names but moved, unless another checkout explains it */
function movedStates(base: readonly Beside[], head: readonly Beside[]): readonly Unknown[] {
  const before = new Map(base.map((one) => [textOf(one), one.stateFolder]));
  const pairs = head.flatMap((one) => {
    const [was, is] = [before.get(textOf(one)), one.stateFolder];
    return was === undefined || is === undefined ? [] : [{ one, was, is }];
  });
  if (isOtherCheckout(pairs)) return [];
  return pairs
    .filter(({ was, is }) => was !== is)
    .map(({ one, was, is }) =>
      noted(one, `the state of stack ${show(stackOf(one))} may have moved from ${show(was)} to ${show(is)}`),
    );
}

function unmatched(some: readonly Beside[], others: readonly Beside[]): readonly Beside[] {
  const known = new Set(others.map(textOf));
  return some.filter((one) => !known.has(textOf(one)));
}

function textOf({ place: { address }, text }: Beside): string {
  return JSON.stringify([address, text]);
}

function stackOf({ place: { address } }: Beside): string {
  return address.slice(0, address.indexOf("/"));
}

function noted({ kind, place: { address, file } }: Beside, how: string): Unknown {
  return { what: address.slice(address.indexOf("/") + 1), why: `${how}: ${MAY[kind]}`, source: { address, file } };
}

/** A single stack may have moved together with its checkout. */
const FEWEST_STACKS = 2;

/** Folders of a local state in base and head, under the same name, which is cdktf's */
interface StateFolders {
  readonly was: string;
  readonly is: string;
}

/**
 * Whether base and head were synthesized in two checkouts: then a reviewer need not look at moved states.
 *
 * cdktf writes its working folder into each local state without a path of its own. Two checkouts explain the folders if all
 * such states share one in base and one in head. If one stays, or goes elsewhere, it is unknown which folder is the checkout.
 */
function isOtherCheckout(states: readonly StateFolders[]): boolean {
  return states.length >= FEWEST_STACKS && states.every(({ was, is }) => was === states[0]?.was && is === states[0].is);
}
