import type { AccessPath } from "../../../iam/access/access";
import { grouped } from "../../grouped";

/**
 * Ways of somebody before, by the names that they have now. Roles in two accounts that nobody knows may have one name, and so
 * have the ways to them: as many of a name are the same in their order; where they are more or fewer, none is known.
 */
export class WaysBefore {
  private readonly before: ReadonlyMap<string, readonly AccessPath[]>;
  private readonly now: ReadonlyMap<string, readonly AccessPath[]>;

  public constructor(before: readonly AccessPath[] = [], now: readonly AccessPath[] = []) {
    [this.before, this.now] = [grouped(before, nameOf), grouped(now, nameOf)];
  }

  /** @param certainly what it is called where it is certain: whoever could for certain, could */
  public of(way: AccessPath, certainly = way.name): AccessPath | undefined {
    const [was, is] = [this.before.get(way.name) ?? this.before.get(certainly), this.now.get(way.name)];
    return was?.length === is?.length ? was?.[is?.indexOf(way) ?? 0] : undefined;
  }
}

function nameOf({ name }: AccessPath): string {
  return name;
}
