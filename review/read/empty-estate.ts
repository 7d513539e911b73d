import type { Estate } from "./resource";

/** An estate in which there is nothing: all of another is more. */
export const NOTHING_READ: Estate = {
  folder: "",
  resources: [],
  of: () => [],
  at: () => undefined,
  attribute: () => null,
  providers: new Map(),
  files: new Map(),
  isWhole: true,
  unread: [],
  besides: [],
};
