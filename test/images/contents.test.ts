import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import read from "../cases/spire/images.json";
import { linesOf, listOf } from "../support/dockerfile";
import { type ImageContents, imageProps, IMAGES, type ImageName, type ProgramName } from "../../images/contents";

const folder = mkdtempSync(join(tmpdir(), "ambit-contents-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NAMES = Object.keys(IMAGES) as ImageName[];
const PROGRAMS = Object.fromEntries(
  NAMES.flatMap((name) => IMAGES[name].programs.map(([program]) => [program, process.execPath])),
) as Record<ProgramName, string>;
for (const name of ["exchange", "authorizer", "companion"]) {
  mkdirSync(join(folder, name, "cedar"), { recursive: true });
  writeFileSync(join(folder, name, "main.js"), "");
  writeFileSync(join(folder, name, "cedar", "policy.cedar"), "");
}
const propsOf = (name: ImageName) => imageProps(IMAGES[name], PROGRAMS, folder);

test.each(NAMES)("the image of %s starts a program that it holds, and has no shell", (name) => {
  const { layers, entrypoint } = propsOf(name);
  const paths = layers.flat().map(({ path }) => path);
  expect(paths).toContain(entrypoint[0]);
  expect(paths.filter((path) => /\/(ba|da)?sh$|\/apt|\/npm/.test(path))).toEqual([]);
});

test.each(NAMES)("the image of %s has nothing that its user may write, but what is temporary", (name) => {
  const writable = propsOf(name)
    .layers.flat()
    .filter((file) => ("mode" in file ? ((file.mode ?? 0) & 0o022) !== 0 : false));
  expect(writable.map(({ path }) => path)).toEqual(["/tmp"]);
});

test("all but SPIRE's agent, which reads what is root's, run as the user that pods have", () => {
  const users = NAMES.map((name) => [name, propsOf(name).user]);
  expect(users.filter(([, user]) => user !== "65532:65532")).toEqual([["spire-agent", "0:0"]]);
});

test.each(["spire-server", "spire-agent", "spire-oidc-discovery-provider"] as const)(
  "the image of %s starts as the one that SPIRE publishes",
  (name) => {
    const { entrypoint, paths } = read.images[name];
    expect(propsOf(name).entrypoint).toEqual(entrypoint);
    const held = propsOf(name).layers.flat();
    expect(held.map(({ path }) => path)).toEqual(expect.arrayContaining([...paths]));
  },
);

test("images of Node have their first layer in common, and a bundle with its folders above it", () => {
  const [exchange, authorizer, companion] = [propsOf("exchange"), propsOf("authorizer"), propsOf("companion")];
  expect(exchange.layers[0]).toEqual(authorizer.layers[0]);
  expect(exchange.layers[0]).toEqual(companion.layers[0]);
  expect(exchange.layers[1]?.map(({ path }) => path).sort()).toEqual(["/app/cedar/policy.cedar", "/app/main.js"]);
});

test.each(["exchange", "authorizer", "companion"] as const)("the Dockerfile gives %s the same content", (name) => {
  const { programs, bundle }: ImageContents = IMAGES[name];
  const { entrypoint, user, env = {}, ports = [] } = propsOf(name);
  const [bundled, ...others] = linesOf(name, "COPY");
  expect(bundled?.slice(1)).toEqual([`/src/dist/bundles/${bundle}`, "/app"]);
  expect(others.map((words) => words.at(-1))).toEqual(programs.slice(1).map(([, path]) => path));
  expect(listOf(linesOf(name, "ENTRYPOINT")[0])).toEqual(entrypoint);
  expect(linesOf(name, "USER")).toEqual([[user]]);
  expect(linesOf(name, "ENV")).toEqual(Object.entries(env).map(([key, value]) => [`${key}=${value}`]));
  expect(linesOf(name, "EXPOSE")).toEqual(ports.map((port) => [String(port)]));
});

test("fails when a program is not named, or is not there", () => {
  const contents: ImageContents = IMAGES.opa;
  expect(() => imageProps(contents, {}, folder)).toThrow("an image needs the program opa, got none: name its path");
  expect(() => imageProps(contents, { opa: "/none" }, folder)).toThrow('needs the program opa, got "/none"');
});

test("fails when a bundle was not built", () => {
  expect(() => imageProps(IMAGES.exchange, PROGRAMS, join(folder, "none"))).toThrow("run npm run bundles");
});
