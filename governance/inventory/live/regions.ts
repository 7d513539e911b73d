import { isRecord } from "../../../domain/is-record";
import { own } from "../../../domain/own";
import { ReadError } from "../../../review/read/read-error";
import { type AwsProvider, awsProvidersIn } from "./providers";

const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/;

export function isRegion(text: string): boolean {
  return REGION.test(text);
}

/**
 * AWS regions of a synthesized folder's providers, sorted
 *
 * @throws ReadError where a provider's region is not written out, or for what could mislead a reader
 */
export function regionsIn(folder: string): readonly string[] {
  return [...new Set(awsProvidersIn(folder).map(regionOf))].sort();
}

function regionOf({ file, block }: AwsProvider): string {
  const region = isRecord(block) ? own(block, "region") : undefined;
  if (typeof region === "string" && isRegion(region)) return region;
  throw new ReadError(file, "provider.aws", "must have its region as text, such as eu-central-1");
}
