import type { BlockBody } from "./value";

/** What a block of Terraform JSON declares */
export type BlockMode =
  | "resource"
  | "data"
  | "ephemeral"
  | "action"
  | "provider"
  | "output"
  | "variable"
  | "module"
  | "backend"
  | "terraform"
  | "locals"
  | "removed"
  | "unknown";

/** One block of a stack, as Terraform JSON has it */
export interface Block {
  readonly mode: BlockMode;
  /** As Terraform writes it: `aws_s3_bucket.logs`, `data.aws_iam_policy_document.worker`, `provider.aws`, `output.url`, `terraform`, `locals` */
  readonly address: string;
  /** Kind of resource, name of the provider, the backend or the unknown block; empty for outputs, variables, modules and settings */
  readonly type: string;
  readonly name: string;
  /** In the tree of constructs, where CDKTF wrote it */
  readonly path?: string;
  /** Arguments, without the comment `//` */
  readonly body: BlockBody;
  /** The comment `//`, in which CDKTF writes its metadata and Ambit the acknowledged findings */
  readonly comment: BlockBody;
}
