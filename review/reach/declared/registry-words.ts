/** What names in a registry look like, and how long its lists may be */

export const AGENT = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
export const TASK = "[a-z][a-z0-9-]{0,31}";
export const ACTION = "[a-z][a-zA-Z0-9_-]{0,63}";
export const KINDS = ["read", "list", "scan", "write", "delete"] as const;
export const KIND = `(${KINDS.join("|")})`;

// Each action of one list is compared with each of another: more would keep a reviewer waiting.
export const MOST_ACTIONS = 64;
export const MOST_BUDGETS = 16;
export const MOST_ORDERS = 16;
