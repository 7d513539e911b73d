import type { GatewayWorld } from "../../e2e/gateway/gateway-world";
import type { Suite } from "../../e2e/harness/suite";
import type { Side } from "./load";
import type { TenTools } from "./ten-tools";

/** A gateway of others: a row where its binary is given */
export interface Peer {
  readonly name: string;
  /** Of the environment: the path of its binary */
  readonly variable: string;
  readonly start: (suite: Suite, props: PeerProps) => Promise<Omit<Side, "name">>;
}

/** What a peer is started with */
export interface PeerProps {
  /** Path of its binary */
  readonly program: string;
  /** Whose users it knows */
  readonly world: GatewayWorld;
  readonly server: TenTools;
}

/** A peer without a row */
export interface Absent {
  readonly name: string;
  readonly reason: string;
}
