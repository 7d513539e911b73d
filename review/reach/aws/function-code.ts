import { posix } from "node:path";
import type { Estate, Resource } from "../../read/resource";

const FUNCTION = "aws_lambda_function";

/**
 * Paths of the archives that are the code of functions of Lambda, and nothing else. What such code may do is what the role of its function
 * may, whatever stands in it.
 */
export function codeOfFunctions({ resources }: Pick<Estate, "resources">): ReadonlySet<string> {
  const others = resources.filter((resource) => !isFunction(resource)).map(({ values }) => JSON.stringify(values));
  return new Set(
    resources.filter(isFunction).flatMap((resource) => {
      const { filename } = resource.values;
      if (typeof filename !== "string" || others.some((text) => text.includes(posix.dirname(filename)))) return [];
      return [posix.join(posix.dirname(resource.file), filename)];
    }),
  );
}

function isFunction({ type, mode }: Resource): boolean {
  return type === FUNCTION && mode === "managed";
}
