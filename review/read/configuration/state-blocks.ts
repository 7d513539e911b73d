import { posix } from "node:path";
import { member } from "../json";
import { bare } from "./beside-blocks";
import type { Stack, StackBlock } from "./stack";

/** As cdktf names the state of a stack that says nothing of it, in the folder in which it runs */
const NAMED_BY_CDKTF = /^terraform\..+\.tfstate$/;

/** What a stack says of where its state lies, if anything */
export function stateBlocks(stack: Stack): readonly StackBlock[] {
  if (stack.backend === undefined) return [];
  const { type, settings, file } = stack.backend;
  const place = { file, address: `${stack.name}/terraform.backend` };
  const path = localPath(stack.backend);
  if (path === undefined || !NAMED_BY_CDKTF.test(posix.basename(path))) {
    return [{ kind: "terraform", place, content: bare({ [type]: settings }) }];
  }
  const content = bare({ [type]: { ...settings, path: `/…/${posix.basename(path)}` } });
  return [{ kind: "terraform", place, content, stateFolder: posix.dirname(path) }];
}

/** Of a local state at an absolute path */
function localPath({ type, settings }: NonNullable<Stack["backend"]>): string | undefined {
  const path = type === "local" ? member(settings, "path") : undefined;
  return typeof path === "string" && posix.isAbsolute(path) ? posix.normalize(path) : undefined;
}
