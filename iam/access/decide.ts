import type { Access, AccessRequest, SourcedStatement } from "./access";
import { ActionIndex } from "./private/action-index";
import { partHolds, ruleApplies, rulesOf, type StatementRule } from "./private/rule";

export interface Decision {
  /** `unknown`: it depends on parts of the policies that cannot be read. */
  readonly verdict: "allowed" | "denied" | "unknown";
  /** The Allow of each layer, or the Deny that decided; for `unknown`, those that may have. Empty if nothing allows. */
  readonly by: readonly SourcedStatement[];
  /** What it depends on */
  readonly unknown: readonly string[];
}

/** An access that is asked many times. */
export class PreparedAccess {
  private readonly denies: ActionIndex;
  /** The Allows of each layer of each path */
  private readonly paths: readonly (readonly ActionIndex[])[];

  public constructor(access: Access) {
    const { paths, denies } = rulesOf(access);
    this.denies = new ActionIndex(denies);
    this.paths = paths.map(({ layers }) => layers.map((layer) => new ActionIndex(layer)));
  }

  public decide(request: AccessRequest): Decision {
    const mayDeny: StatementRule[] = [];
    for (const deny of this.denies.rulesFor(request.action)) {
      const applies = ruleApplies(deny, request);
      if (applies === true) return { verdict: "denied", by: [deny.sourced], unknown: [] };
      if (applies === undefined) mayDeny.push(deny);
    }
    const mayAllow: StatementRule[] = [];
    for (const layers of this.paths) {
      const allows = layers.map((layer) => decisive(layer.rulesFor(request.action), request));
      if (allows.length === 0 || allows.includes(undefined)) continue;
      const found = allows as readonly Found[];
      if (mayDeny.length === 0 && found.every(({ applies }) => applies === true)) {
        return { verdict: "allowed", by: found.map(({ rule }) => rule.sourced), unknown: [] };
      }
      mayAllow.push(...found.map(({ rule }) => rule));
    }
    if (mayAllow.length === 0) return { verdict: "denied", by: [], unknown: [] };
    const by = [...mayDeny, ...mayAllow];
    return {
      verdict: "unknown",
      by: [...new Set(by.map(({ sourced }) => sourced))],
      unknown: [...new Set(by.flatMap((rule) => unknownOf(rule, request)))].sort(),
    };
  }
}

interface Found {
  readonly rule: StatementRule;
  readonly applies: true | undefined;
}

/** The first Allow that applies, or else the first that may. */
function decisive(layer: readonly StatementRule[], request: AccessRequest): Found | undefined {
  let possible: Found | undefined;
  for (const rule of layer) {
    const applies = ruleApplies(rule, request);
    if (applies === true) return { rule, applies };
    if (applies === undefined) possible ??= { rule, applies };
  }
  return possible;
}

function unknownOf({ parts }: StatementRule, request: AccessRequest): readonly string[] {
  return parts.filter((part) => partHolds(part, request) === undefined).map(({ name }) => `whether ${name} matches`);
}
