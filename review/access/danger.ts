import { byText } from "../../domain/by-text";
import type { Gained } from "../../iam/access/difference";
import { onlyReads } from "../reading-actions";

/** An action on a resource, as an Allow gives it */
export type Pair = Pick<Gained, "action" | "resource" | "kinds">;

/** How dangerous an action is, the most dangerous first. It only sorts reports, and decides nothing. */
const LEVELS: readonly ((pair: Pair) => boolean)[] = [
  ({ action, kinds }) => action === "*" || kinds.action === "rest",
  ({ action }) => OF_RIGHTS.test(action) && !onlyReads(action),
  ({ action }) => action.endsWith(":*"),
  ({ action }) => !onlyReads(action),
];

/** Permissions management: rights to change rights */
const OF_RIGHTS =
  /^(?:iam|sts|sso|organizations|kms:(?:create|retire|revoke)grant)\b|:[^:]*(?:polic|permission|grant)/i;

/** From 0, the worst */
export function danger(pair: Pair): number {
  const level = LEVELS.findIndex((isAt) => isAt(pair));
  return level < 0 ? LEVELS.length : level;
}

/** An action that stands for several, or every resource */
export function isWildcard(pair: Pair): boolean {
  return /[*?]/.test(pair.action) || pair.kinds.action === "rest" || isEverything(pair);
}

/** The worst first, then by text: the same order on every machine */
export function byDanger(one: Pair, other: Pair): number {
  return (
    danger(one) - danger(other) ||
    Number(isEverything(other)) - Number(isEverything(one)) ||
    byText(one.action, other.action) ||
    byText(one.resource, other.resource)
  );
}

function isEverything({ resource, kinds }: Pair): boolean {
  return resource === "*" || kinds.resource === "rest";
}
