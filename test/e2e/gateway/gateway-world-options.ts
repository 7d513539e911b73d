import type { ExchangeConfig } from "../../../runtime/exchange/config";
import type { OwnServers } from "./own-servers";

export interface GatewayWorldOptions {
  /**
   * Where the exchange keeps its state
   *
   * @default - in a folder, which checks open while the exchange is stopped
   */
  readonly store?: (folder: string) => ExchangeConfig["store"];
  /**
   * Agents that are declared besides those who call
   *
   * @default 0
   */
  readonly bystanders?: number;
  /**
   * What is called in place of the tools of these tests
   *
   * @default - their tools
   */
  readonly own?: OwnServers;
  /**
   * Programs as their images have them
   *
   * @default - their sources
   */
  readonly mains?: { readonly exchange?: string; readonly authorizer?: string };
  /**
   * Node that exchange, authorizer and companion run on
   *
   * @default - that of the tests
   */
  readonly node?: string;
}
