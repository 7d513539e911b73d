import type { LayerKind } from "./layer";
import type { AwsPath, PathKind } from "./way";
import type { WayId, WayStart } from "./way-id";

// Text for people. No code compares it or takes it apart: keys and kinds are for that.

const LAYERS: Readonly<Record<LayerKind, string>> = {
  role: "role",
  boundary: "boundary",
  session: "session policy",
  keys: "policies of keys",
  trusts: "trust policies of roles",
  resources: "policies of resources",
  asker: "who asks",
};

const PATHS: Readonly<Record<PathKind, string>> = {
  rights: "",
  alone: " alone",
  granted: " by policies of resources",
  "granted-in-session": " by policies of resources, in one session",
};

export function layerText(kind: LayerKind): string {
  return LAYERS[kind];
}

/** Such as `task answer → role arn:aws:iam::111122223333:role/reader` */
export function wayText({ start, assumed }: WayId): string {
  const first = startText(start);
  return assumed === undefined ? first : `${first} → ${roleText(assumed)}`;
}

/** Such as `its role by policies of resources` */
export function pathText({ way: { id }, kind, ifUnread }: Pick<AwsPath, "way" | "kind" | "ifUnread">): string {
  return `${wayText(id)}${PATHS[kind]}${ifUnread ? ", if what cannot be read allows it" : ""}`;
}

function startText(start: WayStart): string {
  switch (start.by) {
    case "task":
      return `task ${start.task}`;
    case "role":
      return start.role ?? "its role";
    case "pods":
      return `its pods → ${roleText(start)}`;
    case "identity":
      return `its own identity → ${roleText(start)}`;
  }
}

function roleText({ role, isCertain }: { readonly role: string; readonly isCertain: boolean }): string {
  return `role ${role}${isCertain ? "" : ", if it may become it"}`;
}
