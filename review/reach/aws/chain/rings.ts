import type { Resource } from "../../../read/resource";

/**
 * Roles that may assume themselves, directly or through others: those of one strongly connected component.
 *
 * Source: Tarjan, Depth-first search and linear graph algorithms, 1972; with a stack of its own, for thousands of roles.
 */
export class Rings {
  /** Representative of the component of each visited role: its first visited member */
  private readonly components = new Map<Resource, Resource>();
  private readonly onRing = new Set<Resource>();
  private readonly rings = new Map<Resource, readonly Resource[]>();

  constructor(
    /** Must give the same list for the same role every time */
    private readonly next: (role: Resource) => readonly Resource[],
  ) {}

  public has(role: Resource): boolean {
    if (!this.components.has(role)) this.visit(role);
    return this.onRing.has(role);
  }

  /** A shortest ring from a role back to itself: each may assume the next, and the last the role. Empty if there is none */
  public of(role: Resource): readonly Resource[] {
    const known = this.rings.get(role) ?? (this.has(role) ? this.shortest(role) : []);
    this.rings.set(role, known);
    return known;
  }

  private visit(root: Resource): void {
    const order = new Map<Resource, number>();
    const lowest = new Map<Resource, number>();
    const open: Resource[] = [];
    const frames: Frame[] = [];
    const enter = (role: Resource): void => {
      order.set(role, order.size);
      lowest.set(role, order.size - 1);
      open.push(role);
      frames.push({ role, left: [...this.next(role)].reverse() });
    };
    const lower = (role: Resource, to: number | undefined): void => {
      lowest.set(role, Math.min(lowest.get(role) as number, to as number));
    };
    enter(root);
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const { role, left } = frame;
      const to = left.pop();
      if (to !== undefined) {
        if (to === role) this.onRing.add(role);
        if (this.components.has(to)) continue;
        if (order.has(to)) lower(role, order.get(to));
        else enter(to);
        continue;
      }
      frames.pop();
      const before = frames.at(-1);
      if (before !== undefined) lower(before.role, lowest.get(role));
      if (lowest.get(role) === order.get(role)) this.close(role, open);
    }
  }

  private close(first: Resource, open: Resource[]): void {
    const members = open.splice(open.lastIndexOf(first));
    for (const role of members) {
      this.components.set(role, first);
      if (members.length > 1) this.onRing.add(role);
    }
  }

  /** Breadth first, within the component: every way back stays in it */
  private shortest(role: Resource): readonly Resource[] {
    const before = new Map<Resource, Resource>();
    const queue: Resource[] = [role];
    for (const here of queue) {
      for (const to of this.next(here)) {
        if (to === role) return back(here, before);
        if (before.has(to) || this.components.get(to) !== this.components.get(role)) continue;
        before.set(to, here);
        queue.push(to);
      }
    }
    return [];
  }
}

interface Frame {
  readonly role: Resource;
  readonly left: Resource[];
}

/** From the first role to the last */
function back(last: Resource, before: ReadonlyMap<Resource, Resource>): readonly Resource[] {
  const ring: Resource[] = [];
  for (let one: Resource | undefined = last; one !== undefined; one = before.get(one)) ring.push(one);
  return ring.reverse();
}
