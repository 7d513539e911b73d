import { isRecord } from "../../../domain/is-record";
import { own } from "../../../domain/own";
import { layoutOf } from "../../../review/read/configuration/layout";
import { Folder } from "../../../review/read/folder/folder";

/** A provider `aws` of a synthesized folder, as its file has it */
export interface AwsProvider {
  readonly file: string;
  readonly block: unknown;
}

/** @throws ReadError for what could mislead a reader */
export function awsProvidersIn(folder: string): readonly AwsProvider[] {
  const files = new Folder(folder);
  const named = layoutOf(files).stacks.flatMap(({ configuration }) => configuration);
  return named.flatMap((file) => {
    const providers = own(files.object(file), "provider");
    const aws: unknown = isRecord(providers) ? own(providers, "aws") : undefined;
    if (aws === undefined) return [];
    return (Array.isArray(aws) ? aws : [aws]).map((block: unknown) => ({ file, block }));
  });
}
