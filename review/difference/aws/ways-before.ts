import { grouped } from "../../grouped";
import type { AwsPath } from "../../reach/aws/way";

/**
 * The paths of base, found by the keys of those of head.
 *
 * Roles in two accounts that are not known may have one key, and so have the paths to them: as many of one key are matched
 * in their order; where their number differs, none is matched.
 */
export class WaysBefore {
  private readonly before: ReadonlyMap<string, readonly AwsPath[]>;
  private readonly now: ReadonlyMap<string, readonly AwsPath[]>;

  public constructor(before: readonly AwsPath[] = [], now: readonly AwsPath[] = []) {
    [this.before, this.now] = [grouped(before, nameOf), grouped(now, nameOf)];
  }

  /** @param surer key without its doubt, used if base had no path of that key: a certain path covers an uncertain one */
  public of(way: AwsPath, surer = way.name): AwsPath | undefined {
    const [was, is] = [this.before.get(way.name) ?? this.before.get(surer), this.now.get(way.name)];
    return was?.length === is?.length ? was?.[is?.indexOf(way) ?? 0] : undefined;
  }
}

function nameOf({ name }: AwsPath): string {
  return name;
}
