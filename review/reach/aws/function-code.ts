import { posix } from "node:path";
import type { Estate, Resource } from "../../read/resource";

const FUNCTION = "aws_lambda_function";
/** Where synth writes an archive, beside its stack, in a folder of its own */
const ARCHIVE = /^assets\/(?:[\w.-]+\/)*([\w-]+)\/([\w.-]+\.zip)$/;

/**
 * Paths of the archives that are the code of functions of Lambda, and nothing else. Such code may do what the role of its function
 * may, and nothing more. A path that leads elsewhere, or is written in a roundabout way, is the code of none.
 */
export function codeOfFunctions({ resources }: Pick<Estate, "resources">): ReadonlySet<string> {
  const others = resources.filter((resource) => !isFunction(resource)).map(({ values }) => JSON.stringify(values));
  return new Set(
    resources.filter(isFunction).flatMap((resource) => {
      const { filename } = resource.values;
      if (typeof filename !== "string" || posix.normalize(filename) !== filename) return [];
      const [, ...names] = ARCHIVE.exec(filename) ?? [];
      if (names.length === 0 || others.some((text) => names.some((name) => text.includes(name)))) return [];
      return [posix.join(posix.dirname(resource.file), filename)];
    }),
  );
}

function isFunction({ type, mode }: Resource): boolean {
  return type === FUNCTION && mode === "managed";
}
