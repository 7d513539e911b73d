import type { Unknown } from "../change";
import type { Beside, BesideKind, Estate } from "../read/resource";

/** What a block may do that no comparison of access sees */
const MAY: Readonly<Record<BesideKind, string>> = {
  output: "whoever reads the state or its outputs is told its value: read what it gives away",
  terraform: "it decides where the state lies and who reads it, or whose state is written: read it",
  provider: "the program that it names runs with the rights of the deploy: read where it comes from",
  import: "a resource that exists already is taken over, and is changed to what is written: read which one",
  moved: "a resource that exists already is taken for another one, and is changed to what is written: read which one",
  check: "it reads data at each plan, and asks whom it wants: read it",
};

/** Blocks beside the resources that are new or others, and what is gone of what says where the state lies */
export function besideUnknowns(base: Estate, head: Estate): readonly Unknown[] {
  const stacks = new Set(head.besides.map(stackOf));
  return [
    ...unmatched(head.besides, base.besides).map((one) => noted(one, "it is new, or another")),
    ...unmatched(base.besides, head.besides)
      .filter((one) => one.kind === "terraform" && stacks.has(stackOf(one)))
      .filter(({ place }) => !head.besides.some((one) => one.place.address === place.address))
      .map((one) => noted(one, "it is gone")),
  ];
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
