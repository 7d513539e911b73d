import type { z } from "zod";
import { endpoint, file, fits, object, oneOf, region, text } from "../config-values";
import { witnessingSchema } from "./witnessing-config";

/** The log into which audit records come, and who signs for it */
export const auditLogSchema = object({
  /** Names the log, and its key: a web address without `https://` */
  origin: fits(
    (value) => URL.canParse(`https://${value}`) && /^[^\s+]+[^\s+/]$/.test(value) && !value.includes("//"),
    "a web address without https:// and without a slash at its end, such as audit.prod.example/log",
  ),
  /** Ed25519 */
  key: oneOf({
    kms: text("the ARN of a key in KMS"),
    file: file("an Ed25519 private key in PEM"),
  }),
  storage: oneOf({
    /** Of one machine, for one process at a time */
    folder: file("a folder"),
    s3: object({
      bucket: text("the name of a bucket"),
      /** What the names of all objects begin with */
      prefix: fits(/^([A-Za-z0-9._-]+\/)+$/, "names with a slash behind each, such as log/"),
      region,
      endpoint: endpoint.optional(),
    }),
  }),
  /** Who cosigns the checkpoints; without it they have the log's signature alone */
  witnessing: witnessingSchema.optional(),
});

export type AuditLogConfig = z.infer<typeof auditLogSchema>;
