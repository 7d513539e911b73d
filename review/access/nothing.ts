import type { Estate } from "../read/resource";

/** An estate in which there is nothing: compared with it, whatever somebody has is a gain. */
export const NOTHING: Estate = {
  folder: "",
  resources: [],
  of: () => [],
  at: () => undefined,
  attribute: () => null,
  providers: new Map(),
  files: new Map(),
  isWhole: false,
  unread: [],
};
