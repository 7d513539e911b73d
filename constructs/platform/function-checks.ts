import { type ErrorCode, refuse, shown } from "../../domain";
import { CERTIFICATE } from "../aws/certificate";

/** A certificate in AWS Certificate Manager, and where it lies */
export interface Certificate {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** An account starts with 1,000 concurrent executions, of which Lambda keeps 100 unreserved. */
const MOST_AT_ONCE = 900;

/**
 * A certificate whose place is known at synth
 *
 * @throws DeclarationError of `code`, and `token`
 */
export function certificateOf(certificateArn: string, where: string, code: ErrorCode): Certificate {
  const parts = CERTIFICATE.known(certificateArn, { property: "certificateArn", where, code });
  return { ...parts, arn: certificateArn };
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
