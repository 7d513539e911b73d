import type { KeyNamed } from "../../../cli/starter-keys";
import type { Fleet, PeopleProps, TokenIssuerProps } from "../../../constructs";
import type { RegistryKillSwitch } from "../../../domain/registry/document";
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
   * Agents that are declared besides the callers
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
   * Agents that call the tools of these tests, by the port of those
   *
   * @default - those of these tests
   */
  readonly fleet?: (port: number) => Fleet;
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
  /**
   * Where users come in, for agents that serve
   *
   * @default - none
   */
  readonly users?: UsersOptions;
  /**
   * Keys of starters, whose public halves are signed with the registry
   *
   * @default - the fleet has no starters
   */
  readonly starterKeys?: KeyNamed;
  /**
   * Who decides on approvals, and where they do in a browser
   *
   * @default - the example's people, and no page
   */
  readonly people?: PeopleOptions;
  /**
   * Whose tokens start tasks for users, besides the issuer of these tests
   *
   * @default - no others
   */
  readonly issuers?: readonly TokenIssuerProps[];
  /**
   * Which of them tell of ended logins; asked each time an exchange starts
   *
   * @default - none
   */
  readonly signals?: () => ExchangeConfig["signals"];
  /**
   * What may order the exchange to stop something, as the registry has it
   *
   * @default - the tests themselves, by {@link GatewayWorld.stop}
   */
  readonly killSwitch?: RegistryKillSwitch;
  /**
   * Where AWS credentials come from
   *
   * @default - there are none
   */
  readonly aws?: NonNullable<ExchangeConfig["aws"]>;
  /**
   * Origin of a collector, to which exchange and authorizer send traces and metrics
   *
   * @default - nothing is measured
   */
  readonly collector?: string;
  /**
   * Whether the exchange writes the audit log, into a folder
   *
   * @default false
   */
  readonly audit?: boolean;
}

export interface PeopleOptions {
  readonly props: PeopleProps;
  /** PEM of the authority that vouches for their identity provider */
  readonly ca: string;
  /**
   * Where the page listens on the loopback, and the paths of its certificate and key
   *
   * @default - there is no page
   */
  readonly page?: { readonly port: number; readonly certificate: string; readonly key: string };
  /**
   * What takes the notices to approvers
   *
   * @default - none are sent
   */
  readonly receiver?: NoticeReceiver;
}

export interface NoticeReceiver {
  /** ARN of the secret with its address, and the secret's text */
  readonly secret: readonly [arn: string, text: string];
  /** On the loopback, under the name in the address */
  readonly port: number;
  /** PEM of those that vouch for it */
  readonly authorities: string;
}

export interface UsersOptions {
  /** Below which each agent has a host */
  readonly domain: string;
  /** In PEM, for all of these hosts */
  readonly certificate: { readonly cert: string; readonly key: string };
  /** Of pages that may call from a browser */
  readonly origins: readonly string[];
}
