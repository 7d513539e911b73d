/** What one may do with data: `read` known items, `list` names, `write`, `delete`, or `scan` everything. */
export type DataAccessKind = "read" | "list" | "write" | "delete" | "scan";

export const DATA_ACCESSES = ["delete", "list", "read", "scan", "write"] as const satisfies readonly DataAccessKind[];

export interface DataPlace {
  /** Such as `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** Twelve digits. */
  readonly account: string;
  /** Such as `eu-central-1`. */
  readonly region: string;
  /**
   * ARN of the KMS key that encrypts the data; an alias is no key.
   *
   * @default - encrypted with a key that AWS owns or manages, which takes no grant
   */
  readonly keyArn?: string;
}

/** Objects under a prefix of an S3 bucket. */
export interface BucketTarget extends DataPlace {
  readonly kind: "bucket";
  readonly bucket: string;
  /** Ends in "/", so that it never matches half a name. */
  readonly prefix: string;
}

/** A DynamoDB table, or the items of one partition key in it. */
export interface TableTarget extends DataPlace {
  readonly kind: "table";
  readonly table: string;
  /**
   * Secondary indexes that `read` may query.
   *
   * @default - none
   */
  readonly indexes?: readonly string[];
  /**
   * Partition key that items must have: a literal or a policy variable such as `principalTag("ambit-user")`.
   *
   * @default - items of any key
   */
  readonly leadingKey?: string;
}

/** A secret of Secrets Manager, by its name without the six-character suffix. */
export interface SecretTarget extends DataPlace {
  readonly kind: "secret";
  readonly secret: string;
}

export type DataTarget = BucketTarget | TableTarget | SecretTarget;
