import type { AccessPath } from "../../../iam/access/access";

/** How somebody comes to a role */
export interface Way {
  /** Equal in two estates for the same way, such as `task answer` or `its pods → role …` */
  readonly name: string;
  /** What gives the first role: the session of a task, EKS Pod Identity, its own identity, or nothing that is told here */
  readonly by: "task" | "pods" | "identity" | "role";
  /** Roles that it becomes after that, the first of them first */
  readonly becomes: readonly Becoming[];
  /** Why nobody can say whether it may become the last of them; undefined where it may for certain */
  readonly unknown?: string;
}

export interface Becoming {
  /** Key of a role */
  readonly role: string;
  /** In words, up to there */
  readonly name: string;
}

/** A way into AWS, and what it opens */
export interface AwsPath extends AccessPath {
  readonly way: Way;
  /** By policies of resources, and not by those of the role */
  readonly isGranted: boolean;
  /** Whether what cannot be read is taken to allow everything */
  readonly ifUnread: boolean;
}

/** Whether a path is open only if what nobody can read here lets it be */
export function isAssumed({ way, ifUnread }: Pick<AwsPath, "way" | "ifUnread">): boolean {
  return ifUnread || way.unknown !== undefined;
}
