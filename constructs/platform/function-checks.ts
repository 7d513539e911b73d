import { type ErrorCode, refuse, shown } from "../../domain";

/** A certificate in AWS Certificate Manager, and where it lies */
export interface Certificate {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

const CERTIFICATE = /^arn:(aws[a-z-]*):acm:([a-z0-9-]+):(\d{12}):certificate\/[A-Za-z0-9-]+$/;
/** An account starts with 1,000 concurrent executions, of which Lambda keeps 100 unreserved. */
const MOST_AT_ONCE = 900;

/** @throws DeclarationError of `code` */
export function certificateOf(arn: string, where: string, code: ErrorCode): Certificate {
  const [, partition, region, account] = (typeof arn === "string" && CERTIFICATE.exec(arn)) || [];
  if (partition === undefined || region === undefined || account === undefined)
    return refuse(code, where, `certificateArn must be the ARN of a certificate in ACM, got ${shown(arn)}`);
  return { arn, partition, region, account };
}

/**
 * Invocations of a function at once
 *
 * @throws DeclarationError of `code`
 */
export function concurrencyOf(concurrency: number, where: string, code: ErrorCode): number {
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MOST_AT_ONCE) {
    const what = `concurrency must be a whole number from 1 to ${MOST_AT_ONCE}`;
    refuse(code, where, `${what}, got ${shown(concurrency)}`);
  }
  return concurrency;
}
