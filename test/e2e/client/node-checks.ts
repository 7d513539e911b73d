import { deepStrictEqual as equal, ok } from "node:assert";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { succeed } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import type { Addresses } from "./client-world";

const ROOT = resolve(__dirname, "../../..");
const PACKAGE = join(ROOT, "client/typescript");
const QUIET = ["--no-audit", "--no-fund", "--loglevel=error"];

/** How each kind of module takes the client */
const IMPORTS = {
  "agent.cjs": `const { AmbitClient, AmbitError, AmbitRefused } = require("@ambit/client");`,
  "agent.mjs": `import { AmbitClient, AmbitError, AmbitRefused } from "@ambit/client";`,
} as const;

/** What an agent does, in the words of the package's readme; prints what it got. */
const AGENT = `
async function main() {
  const { AMBIT_READER, AMBIT_SUPPORT, AMBIT_EVIDENCE } = process.env;
  const reader = new AmbitClient({ url: AMBIT_READER }).run("fetch", { start: "agent" });
  const search = await reader.toolUrl("search");
  const found = await fetch(search + "/v1/search?q=weather");
  const refused = await reader.token("zendesk").catch((error) => error);
  await reader.end();
  const over = await reader.token("search").catch((error) => error);
  const support = new AmbitClient({ url: AMBIT_SUPPORT }).run("answer", { start: "user", evidence: AMBIT_EVIDENCE });
  const token = await support.token("zendesk", { actions: ["read"] });
  const handed = await support.delegate("researcher.lookup");
  const credentials = await support.awsCredentials()();
  await support.end();
  console.log(JSON.stringify({
    found: found.status,
    refused: [refused instanceof AmbitRefused, refused instanceof AmbitError, refused.reasons.map(({ code }) => code)],
    over: over.reasons.map(({ code }) => code),
    actions: token.actions,
    isLive: token.expiresAt > new Date(),
    handed: handed.value.split(".").length,
    credentials: Object.keys(credentials).sort(),
  }));
}
void main();
`;

const GOT = {
  found: 200,
  refused: [true, true, ["audience.not-granted"]],
  over: ["companion.no-run"],
  actions: ["read"],
  isLive: true,
  handed: 3,
  credentials: ["accessKeyId", "expiration", "secretAccessKey", "sessionToken"],
};

/** A sample that a compiler reads by the package's own types */
const TYPED = `
import { AmbitClient, type AccessToken, type Run } from "@ambit/client";
const run: Run<string> = new AmbitClient().run("answer", { start: "agent" });
export const token: Promise<AccessToken> = run.token("zendesk");
// @ts-expect-error: a user's start has evidence
new AmbitClient().run("answer", { start: "user" });
`;

/** The package as it is published, in a project that has nothing else */
export function nodeChecks(suite: Suite, world: Check<Addresses>): void {
  const project = suite.check(
    "node: the package installs in an empty project, and brings no other",
    [],
    async (_, note) => {
      const folder = mkdtempSync(join(tmpdir(), "ambit-client-project-"));
      suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
      const pack = ["pack", "--json", "--loglevel=error", "--pack-destination", folder];
      const { stdout } = await succeed("npm", pack, { cwd: checkout(folder) });
      const [{ filename, files, unpackedSize }] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [Packed];
      const built = readdirSync(PACKAGE)
        .filter((file) => file.endsWith(".ts"))
        .flatMap((file) => [`dist/${file.replace(/ts$/, "js")}`, `dist/${file.replace(/ts$/, "d.ts")}`]);
      equal(files.map(({ path }) => path).sort(), [...built, "LICENSE", "README.md", "package.json"].sort());
      writeFileSync(join(folder, "package.json"), "{}");
      await succeed("npm", ["install", ...QUIET, "--offline", `./${filename}`], { cwd: folder });
      const installed = JSON.parse(readFileSync(join(folder, "node_modules/.package-lock.json"), "utf8")) as Installed;
      equal(Object.keys(installed.packages), ["node_modules/@ambit/client"]);
      note(`1 package, ${Math.round(unpackedSize / 1000)} kB`);
      return folder;
    },
  );
  for (const [file, imported] of Object.entries(IMPORTS)) {
    suite.check(
      `node: ${file} gets from a real companion what it asks for`,
      [project, world],
      async ([folder, env]) => {
        writeFileSync(join(folder, file), `${imported}\n${AGENT}`);
        const { stdout } = await succeed(process.execPath, [file], { cwd: folder, env: { ...env } });
        equal(JSON.parse(stdout), GOT);
      },
    );
  }
  suite.check(
    "node: a compiler takes its types in modules of Node, and refuses a start without evidence",
    [project],
    async ([folder]) => {
      writeFileSync(join(folder, "typed.mts"), TYPED);
      const settings = ["--noEmit", "--strict", "--skipLibCheck", "--module", "node16", "--types", "node"];
      const types = ["--typeRoots", join(ROOT, "node_modules/@types")];
      const { stdout } = await succeed(
        process.execPath,
        [join(ROOT, "node_modules/typescript/bin/tsc"), ...settings, ...types, "typed.mts"],
        { cwd: folder },
      );
      ok(stdout === "", stdout);
    },
  );
}

/** The package below `folder` with what it is built by: where it lies, other steps use what was built. */
function checkout(folder: string): string {
  const copy = join(folder, "checkout");
  const isSource = (path: string): boolean => path !== join(PACKAGE, "dist");
  cpSync(PACKAGE, join(copy, "client/typescript"), { recursive: true, filter: isSource });
  cpSync(join(ROOT, "tsconfig.json"), join(copy, "tsconfig.json"));
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  return join(copy, "client/typescript");
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
  /** Bytes */
  readonly unpackedSize: number;
}

interface Installed {
  readonly packages: Readonly<Record<string, unknown>>;
}
