import type { SensitivityName } from "./sensitivity";

/** What may be done with data. `read`, `list` and `scan` read it; `write` and `delete` change it. */
export type AccessKind = "read" | "list" | "scan" | "write" | "delete";

/** Whose rows of a table a task may touch: the leading key must equal this value at every request. */
export type TableBinding = "agent" | "user" | "session";

export interface DatasetProps {
  /** The harm its disclosure would do; also its clearance for writes */
  readonly sensitivity: SensitivityName;

  /**
   * Whether it may contain instructions of strangers. A task that reads it counts as tainted, and a tainted task may
   * write only untrusted data.
   *
   * @default false
   */
  readonly untrusted?: boolean;
}

export interface AwsDatasetProps extends DatasetProps {
  /**
   * ARN of the customer managed KMS key that encrypts it.
   *
   * @default - encrypted by a key of AWS; no KMS action is granted
   */
  readonly key?: string;

  /**
   * Account that owns it, 12 digits.
   *
   * @default - the platform's account
   */
  readonly account?: string;
}

export interface BucketProps extends AwsDatasetProps {
  readonly bucket: string;
  /** Part of the bucket, ending in a slash: `"articles/"` */
  readonly prefix: `${string}/`;
}

export interface TableProps extends AwsDatasetProps {
  readonly table: string;
  /**
   * Names of the indexes a task may query.
   *
   * @default - none
   */
  readonly indexes?: readonly string[];
}

export interface BoundTableProps extends Omit<TableProps, "indexes"> {
  /** Whose rows: the partition key must be this value */
  readonly boundTo: TableBinding;
}

export interface SecretProps extends AwsDatasetProps {
  /** Name of the secret, without the six characters AWS adds */
  readonly secret: string;
}

export type ExternalProps = DatasetProps;
