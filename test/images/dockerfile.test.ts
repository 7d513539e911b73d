import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CREDENTIALS_PROGRAM } from "../../constructs/agent/aws-credentials";
import { BUNDLES, MAIN } from "../../images/bundles";
import { dockerfile, linesOf, listOf, STAGES } from "../support/dockerfile";

const ROOT = resolve(__dirname, "../..");
/** What a stage takes from the checkout */
const takenBy = (stage: string): readonly string[] =>
  linesOf(stage, "COPY")
    .filter(([flag]) => !flag?.startsWith("--from="))
    .flatMap((words) => words.slice(0, -1));

const FINAL = ["exchange", "authorizer", "companion"] as const;

test("it has a target for each image, after those that build", () => {
  expect(Object.keys(STAGES)).toEqual(["bundles", "credentials", ...FINAL]);
});

test("every base image is an argument without a default: the build names it by its digest", () => {
  const names = dockerfile.getInitialARGs().map((arg) => [arg.getProperty()?.getName(), arg.getProperty()?.getValue()]);
  expect(names).toEqual([
    ["NODE_IMAGE", null],
    ["GO_IMAGE", null],
    ["RUNTIME_IMAGE", null],
  ]);
  expect(dockerfile.getFROMs().map((from) => from.getImage())).toEqual([
    "${NODE_IMAGE}",
    "${GO_IMAGE}",
    "${RUNTIME_IMAGE}",
    "${RUNTIME_IMAGE}",
    "${RUNTIME_IMAGE}",
  ]);
});

test.each(FINAL)("the image of the %s runs without a shell, as the user that pods have", (name) => {
  expect(linesOf(name, "RUN")).toEqual([]);
  expect(linesOf(name, "USER")).toEqual([["65532:65532"]]);
  expect(linesOf(name, "CMD")).toEqual([]);
  expect(listOf(linesOf(name, "ENTRYPOINT")[0])).toEqual(["/nodejs/bin/node", `/app/${MAIN}`]);
});

test.each(FINAL)("the image of the %s holds its bundle, and that is one that is built", (name) => {
  expect(linesOf(name, "COPY")[0]).toEqual(["--from=bundles", `/src/dist/bundles/${name}`, "/app"]);
  expect(existsSync(join(ROOT, BUNDLES[name].entry))).toBe(true);
});

test("the companion's image has the program that init containers run, where they look for it", () => {
  expect(linesOf("companion", "COPY")[1]).toEqual([
    "--from=credentials",
    "/out/ambit-credentials",
    CREDENTIALS_PROGRAM,
  ]);
  expect(linesOf("credentials", "RUN")[0]?.slice(0, 3)).toEqual(["CGO_ENABLED=0", "go", "build"]);
});

test("nothing is taken that is not there, or that is kept from the build", () => {
  const taken = Object.keys(STAGES).flatMap(takenBy);
  expect(taken.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  const admitted = readFileSync(join(ROOT, ".dockerignore"), "utf8").trim().split("\n");
  expect(admitted[0]).toBe("*");
  expect(admitted.slice(1).sort()).toEqual([...new Set(takenBy("bundles"))].map((path) => `!${path}`).sort());
  expect(takenBy("credentials")).toEqual(["runtime/companion/credential-process"]);
});

test("nothing comes from an address, and no secret is an argument", () => {
  const keywords = Object.values(STAGES).flatMap((lines) => lines.map(({ keyword }) => keyword));
  expect(keywords.filter((keyword) => keyword === "ADD" || keyword === "ARG")).toEqual([]);
});
