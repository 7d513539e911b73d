import { AccessIn } from "../../../review/access/access-in";
import type { PrincipalAccess } from "../../../review/access/principal-access";
import { estateOf, type Files } from "../../support/review/folders";

export const ROLE = "root/aws_iam_role.worker";
export const ARN = "arn:aws:iam::111122223333:role/worker";

interface Plain {
  readonly role?: unknown;
  readonly boundary?: unknown;
  readonly trust?: unknown;
  /** More resources, by type and name */
  readonly more?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A policy without statements is none. */
const READS = [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::kb/*" }];
const TRUST = [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }];

/** A text stands as it is: it may be no policy. */
const policy = (statements: unknown): string =>
  typeof statements === "string" ? statements : JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** Terraform without Ambit: one role, with what it has */
export function plain({ role = READS, boundary, trust = TRUST, more = {} }: Plain): Files {
  const worker = {
    name: "worker",
    arn: ARN,
    assume_role_policy: policy(trust),
    ...(boundary !== undefined && { permissions_boundary: "${aws_iam_policy.limit.arn}" }),
  };
  const resource = {
    ...more,
    aws_iam_role: { worker, ...more["aws_iam_role"] },
    aws_iam_role_policy: { worker: { role: "${aws_iam_role.worker.name}", policy: policy(role) } },
    ...(boundary !== undefined && { aws_iam_policy: { limit: { name: "limit", policy: policy(boundary) } } }),
  };
  return { "main.tf.json": JSON.stringify({ resource }) };
}

export const accessIn = (files: Files): AccessIn => new AccessIn(estateOf(files));

export const workerOf = (given: Plain): PrincipalAccess => accessIn(plain(given)).of(ROLE);

export const pairsOf = ({ aws }: PrincipalAccess): readonly string[] =>
  aws.paths
    .filter(({ isAssumed }) => !isAssumed)
    .flatMap(({ pairs }) => pairs.map(({ action, resource }) => `${action} on ${resource}`));
