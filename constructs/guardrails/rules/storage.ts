import type { Rule } from "../rule";
import { publicAcl } from "./storage/bucket-acl";
import { bucketKey } from "./storage/bucket-key";
import { bucketPublicAccess } from "./storage/bucket-public-access";
import { bucketTls } from "./storage/bucket-tls";
import { foreignPolicy } from "./storage/foreign-policy";
import { keyRotation } from "./storage/key-rotation";
import { publicDatabase } from "./storage/public-database";
import { publicPolicy } from "./storage/public-policy";
import { queueKey } from "./storage/queue-key";
import { tableProtection } from "./storage/table-protection";
import { unencryptedStore } from "./storage/unencrypted-store";
import { publicCollection } from "./storage/public-collection";

export const STORAGE_RULES: readonly Rule[] = [
  publicAcl,
  bucketKey,
  bucketPublicAccess,
  bucketTls,
  foreignPolicy,
  keyRotation,
  publicDatabase,
  publicPolicy,
  queueKey,
  tableProtection,
  unencryptedStore,
  publicCollection,
];
