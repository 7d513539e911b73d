import type { Fleet } from "../../../constructs";

/** Servers with names of their own, and the fleet that calls them */
export interface OwnServers {
  readonly hosts: readonly string[];
  /** @default - that of the world, which calls them too */
  readonly fleet?: Fleet;
  /** PEM of the authority that vouches for them */
  readonly authority: string;
}
