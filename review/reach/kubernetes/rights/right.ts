import type { Box } from "../sets/box";
import { boxText } from "../sets/box-text";

/** What one entry of a role gives where it is bound, for one resource and one verb */
export interface Right {
  /** Dimensions: `type` (resource, url, role), `namespace` ("" is the cluster), `group`, `resource`, `subresource`, `verb`, `name` */
  readonly box: Box;
  /** Pattern of a path that belongs to no resource */
  readonly url?: string;
  readonly verb: string;
  /** What the verb acts on, in words */
  readonly on: string;
  /** Terraform address of what gives it */
  readonly address: string;
  /** Equal for rights that give the same */
  readonly written: string;
}

export function right(given: Omit<Right, "written">): Right {
  return { ...given, written: JSON.stringify([boxText(given.box), given.url]) };
}

/** What a dimension `type` holds */
export const RESOURCE = "resource";
export const URL = "url";
/** All that a role gives whose rules stand nowhere in the estate */
export function roleType(kind: string, name: string): string {
  return `role ${kind} ${name}`;
}
