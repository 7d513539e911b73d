/** Leaves from `first` on, `end` not included; their hash is a node of the tree, or of the tree that ends with them */
export interface Subtree {
  readonly first: number;
  readonly end: number;
}

/** Largest power of two below `leaves`, which are two or more: where RFC 6962 section 2.1 divides a tree */
export function leftOf(leaves: number): number {
  let left = 1;
  while (left * 2 < leaves) left *= 2;
  return left;
}

/** The subtrees with a power of two of leaves that make up this one, from left to right */
export function completeSubtrees({ first, end }: Subtree): readonly Subtree[] {
  const parts: Subtree[] = [];
  for (let at = first; at < end;) {
    const rest = end - at;
    let leaves = leftOf(rest);
    if (leaves * 2 === rest || rest === 1) leaves = rest;
    parts.push({ first: at, end: at + leaves });
    at += leaves;
  }
  return parts;
}
