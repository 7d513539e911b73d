import type { SensitivityName } from "../../domain";
import type { PrincipalAccess } from "./principal-access";
import { isWildcard } from "./danger";
import { highestOf } from "./declared-access";

/** One principal in one line */
export interface Summary {
  readonly id: string;
  readonly isAgent: boolean;
  /** For agents that can be read: `active`, `suspended` or `expired` */
  readonly state: string | null;
  readonly aws: {
    /** Distinct pairs of all ways into AWS, without assumed ones */
    readonly pairs: number;
    /** Pairs that cover several actions, or every resource */
    readonly wildcards: number;
  };
  /** Distinct tools, delegation included */
  readonly tools: number;
  readonly datasets: number;
  readonly highest: SensitivityName | null;
  readonly rights: number;
  /** Unread parts, pairs that depend on them, and ways that are open only if unread policies allow everything */
  readonly unknown: number;
}

export function summaryOf({ id, isAgent, declared, aws, kubernetes, unknown }: PrincipalAccess): Summary {
  const known = aws.paths.filter(({ isAssumed }) => !isAssumed).flatMap(({ pairs }) => pairs);
  const pairs = new Map(known.map((pair) => [JSON.stringify([pair.action, pair.resource]), pair]));
  const works = declared?.works ?? [];
  const count = (names: readonly string[]): number => new Set(names).size;
  return {
    id,
    isAgent,
    state: declared?.state ?? null,
    aws: { pairs: pairs.size, wildcards: [...pairs.values()].filter(isWildcard).length },
    tools: count(works.flatMap(({ calls }) => calls.map(({ name }) => name.slice(0, name.indexOf("."))))),
    datasets: count(works.flatMap(({ data }) => data.map(({ dataset }) => dataset))),
    highest: declared === undefined ? null : (highestOf(declared)?.name ?? null),
    rights: kubernetes.rights.length,
    unknown:
      unknown.length +
      known.filter(({ certain }) => !certain).length +
      aws.paths.filter(({ isAssumed, pairs: assumed }) => isAssumed && assumed.length > 0).length +
      aws.roles.flatMap(({ trusted }) => trusted.filter(({ certain }) => !certain)).length,
  };
}
