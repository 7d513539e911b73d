import { byText } from "../../domain/by-text";
import { onlyReads } from "../reading-actions";

/** How bad it is that somebody has an action, the worst first. It orders what a reader sees and decides nothing. */
const LEVELS: readonly ((action: string) => boolean)[] = [
  (action) => action === "*" || action.startsWith(EVERYTHING_BUT),
  (action) => OF_RIGHTS.test(action) && !onlyReads(action),
  (action) => action.endsWith(":*"),
  (action) => !onlyReads(action),
];

/** As the patterns of NotAction and NotResource are written */
const EVERYTHING_BUT = "everything but";
/** Who may what: rights over rights */
const OF_RIGHTS =
  /^(?:iam|sts|sso|organizations|kms:(?:create|retire|revoke)grant)\b|:[^:]*(?:polic|permission|grant)/i;

/** From 0, the worst */
export function danger(action: string): number {
  const level = LEVELS.findIndex((isAt) => isAt(action));
  return level < 0 ? LEVELS.length : level;
}

/** An action that stands for several, or every resource */
export function isWildcard({ action, resource }: { readonly action: string; readonly resource: string }): boolean {
  return /[*?]/.test(action) || action.startsWith(EVERYTHING_BUT) || isEverything(resource);
}

/** The worst first, then by text: the same order on every machine */
export function byDanger(
  one: { readonly action: string; readonly resource: string },
  other: { readonly action: string; readonly resource: string },
): number {
  return (
    danger(one.action) - danger(other.action) ||
    Number(isEverything(other.resource)) - Number(isEverything(one.resource)) ||
    byText(one.action, other.action) ||
    byText(one.resource, other.resource)
  );
}

function isEverything(resource: string): boolean {
  return resource === "*" || resource.startsWith(EVERYTHING_BUT);
}
