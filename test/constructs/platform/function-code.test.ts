import fs from "node:fs";
import { join } from "node:path";
import { functionCode } from "../../../constructs/platform/function-code";

const ROOT = join(__dirname, "..", "..", "..");
/** Where the archive is, as seen from constructs/ of a checkout and from dist/constructs/ of the package */
const CHECKOUT = join(ROOT, "dist", "bundles", "lambda.zip");
const PACKAGE = join(ROOT, "bundles", "lambda.zip");

const only = (...paths: readonly unknown[]) =>
  jest.spyOn(fs, "existsSync").mockImplementation((path) => paths.includes(path));

afterEach(() => jest.restoreAllMocks());

test("without a path the code is what npm run bundles has made in a checkout", () => {
  only(CHECKOUT);
  expect(functionCode("lambda", undefined, "[x]", "exchange.malformed")).toBe(CHECKOUT);
});

test("without a path the code of the package is beside its constructs, and comes first", () => {
  only(PACKAGE, CHECKOUT);
  expect(functionCode("lambda", undefined, "[x]", "exchange.malformed")).toBe(PACKAGE);
});

test("a path is taken as it is", () => {
  only("/built/lambda.zip", PACKAGE, CHECKOUT);
  expect(functionCode("lambda", "/built/lambda.zip", "[x]", "exchange.malformed")).toBe("/built/lambda.zip");
});

test.each([
  ["nothing was built", [], undefined, `must be at ${CHECKOUT}, got nothing: npm run bundles makes it`],
  [
    "there is nothing at the path, although the package has code",
    [PACKAGE, CHECKOUT],
    "/nowhere/lambda.zip",
    "must be at /nowhere/lambda.zip, got nothing: name the archive that npm run bundles makes",
  ],
])("fails when %s", (_, there, given, message) => {
  only(...there);
  expect(() => functionCode("lambda", given, "[x]", "exchange.malformed")).toThrow(message);
});
