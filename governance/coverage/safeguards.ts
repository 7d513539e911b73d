import type { Safeguard } from "./safeguard";
import { boundedRole, delegationLimits, exchangedTokens, taskScope, twoGrants } from "./safeguards/access";
import { approval, boundedSession, decisions, observation, riskTier } from "./safeguards/decisions";
import { attestation, environments, hardenedSpire, ownIdentity, shortLifetimes } from "./safeguards/identity";
import { closedEgress, mutualTls } from "./safeguards/network";
import { auditLog, combinations, inventory, killSwitch, monitoring } from "./safeguards/oversight";
import { admittedPods, encryptedStores, pinnedImages, pinnedTools, signedDocuments } from "./safeguards/supply";

/**
 * What an output can show, by id.
 *
 * C17 (a review of each pull request), C19 (policies tested in CI) and C23 (this report) leave nothing in an output: they count for nothing.
 */
export const SAFEGUARDS: readonly Safeguard[] = [
  ownIdentity,
  attestation,
  boundedRole,
  taskScope,
  shortLifetimes,
  exchangedTokens,
  delegationLimits,
  decisions,
  twoGrants,
  approval,
  killSwitch,
  closedEgress,
  mutualTls,
  inventory,
  boundedSession,
  auditLog,
  combinations,
  environments,
  hardenedSpire,
  observation,
  riskTier,
  pinnedTools,
  encryptedStores,
  pinnedImages,
  signedDocuments,
  monitoring,
  admittedPods,
];
