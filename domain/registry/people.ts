import type { NoticeFormat } from "../notice-format";
import type { SensitivityName } from "../sensitivity";
import type { RegistryIssuer } from "./document";

/** People who decide on approvals, or stop agents, and who says who they are */
export interface RegistryPeople<Level = SensitivityName> extends RegistryIssuer {
  /** OAuth client that people log in to: claim `aud` of their ID tokens */
  readonly clientId: string;
  /** Claim that lists a person's groups */
  readonly groupsClaim: string;
  /** A login that a person acts on is no older */
  readonly recentLoginSeconds: number;
  /** Groups, as the claim has them, whose members may revoke and restore; sorted */
  readonly operators: readonly string[];
  /** Host name of the approvers' page; left out if it is not served */
  readonly host?: string | undefined;
  /** Groups that decide on approvals */
  readonly approvers: Readonly<Record<string, RegistryApprovers<Level>>>;
}

export interface RegistryApprovers<Level = SensitivityName> {
  /** The group, as the claim has it */
  readonly claim: string;
  /** Highest sensitivity that its members may be shown */
  readonly clearance: Level;
  /** Where its members are told of requests; left out if they are not */
  readonly notify?: RegistryNotify | undefined;
}

/** Where a group is notified of requests */
export interface RegistryNotify {
  /** Host name of the address, which is in the secret */
  readonly host: string;
  /** ARN of the secret with the address and the keys that sign */
  readonly secret: string;
  readonly format: NoticeFormat;
}
