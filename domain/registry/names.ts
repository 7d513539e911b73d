import type { AccessKind } from "../dataset-props";

// What names in a registry look like

/** Of agents, tools and datasets */
export const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
export const TASK = "[a-z][a-z0-9-]{0,31}";
export const ACTION = "[a-z][a-zA-Z0-9_-]{0,63}";
export const KINDS = ["read", "list", "scan", "write", "delete"] as const satisfies readonly AccessKind[];
export const KIND = `(${KINDS.join("|")})`;
