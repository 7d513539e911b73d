import Module from "node:module";
import { resolve } from "node:path";

/**
 * Loaded before a program (`node -r`), so that it runs other files instead of its own: `AMBIT_TEST_INSTEAD` is a JSON object
 * from path to path.
 */
const instead = Object.entries(JSON.parse(process.env.AMBIT_TEST_INSTEAD ?? "{}") as Record<string, string>);
const files = new Map(instead.map(([file, other]) => [resolve(file), resolve(other)]));
const loader = Module as unknown as { _resolveFilename(request: string, ...rest: readonly unknown[]): string };
const resolved = loader._resolveFilename;

loader._resolveFilename = function (request, ...rest) {
  const file = resolved.call(this, request, ...rest);
  // The replacement may import what it replaces.
  const [parent] = rest as readonly [{ readonly filename?: string } | undefined];
  const other = files.get(file);
  return other === undefined || parent?.filename === other ? file : other;
};
