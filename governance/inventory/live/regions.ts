import { isRecord } from "../../../domain/is-record";
import { own } from "../../../domain/own";
import { layoutOf } from "../../../review/read/configuration/layout";
import { Folder } from "../../../review/read/folder/folder";
import { ReadError } from "../../../review/read/read-error";

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
  const files = new Folder(folder);
  const named = layoutOf(files).stacks.flatMap(({ configuration }) => configuration);
  return [...new Set(named.flatMap((file) => blocksIn(files, file).map((block) => regionOf(file, block))))].sort();
}

function blocksIn(files: Folder, file: string): readonly unknown[] {
  const providers = own(files.object(file), "provider");
  const aws: unknown = isRecord(providers) ? own(providers, "aws") : undefined;
  if (aws === undefined) return [];
  return Array.isArray(aws) ? aws : [aws];
}

function regionOf(file: string, block: unknown): string {
  const region = isRecord(block) ? own(block, "region") : undefined;
  if (typeof region === "string" && isRegion(region)) return region;
  throw new ReadError(file, "provider.aws", "must have its region as text, such as eu-central-1");
}
