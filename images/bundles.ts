import { type BuildOptions, buildSync } from "esbuild";
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

const CEDAR_WASM = "node_modules/@cedar-policy/cedar-wasm/nodejs/cedar_wasm_bg.wasm";
const WORKLOAD_API = "runtime/workload-api/workload.proto";
const ENVOY = ["access-log", "authorization", "external-processing"].map(
  (name) => `runtime/authorizer/envoy/${name}.proto`,
);
const POLICIES = "policies/cedar";

export interface Bundle {
  /** The program that it begins with */
  readonly entry: string;
  /** Files that it reads from the folder it lies in */
  readonly beside: readonly string[];
  /** Files that it reads from a folder `cedar` there */
  readonly policies?: string;
}

/** What runs after deploy, by the name of its folder */
export const BUNDLES = {
  exchange: { entry: "runtime/exchange/main.ts", beside: [CEDAR_WASM, WORKLOAD_API], policies: POLICIES },
  authorizer: {
    entry: "runtime/authorizer/main.ts",
    beside: [CEDAR_WASM, WORKLOAD_API, ...ENVOY],
    policies: POLICIES,
  },
  companion: { entry: "runtime/companion/main.ts", beside: [WORKLOAD_API] },
  starter: { entry: "runtime/starters/main.ts", beside: [] },
  "kill-switch": { entry: "runtime/kill-switch/main.ts", beside: [] },
  lambda: { entry: "runtime/exchange/lambda/main.ts", beside: [CEDAR_WASM], policies: POLICIES },
  witness: { entry: "runtime/audit/witness/lambda/main.ts", beside: [] },
} as const satisfies Readonly<Record<string, Bundle>>;

export type BundleName = keyof typeof BUNDLES;

/** Those that functions run */
export const FUNCTIONS = ["kill-switch", "lambda", "starter", "witness"] as const satisfies readonly BundleName[];

export type FunctionName = (typeof FUNCTIONS)[number];

/** What a bundle begins with, in its folder */
export const MAIN = "main.js";

/**
 * One file of JavaScript with all it needs but Node, and beside it what it reads: the same source gives the same bytes,
 * wherever it lies.
 *
 * @param root of the source
 * @param folder is emptied first
 * @returns files that went into it, from the root
 */
export function bundle(root: string, of: Bundle, folder: string): readonly string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { entry, beside } = of;
  const { metafile } = buildSync(bundleOptions(root, of, folder));
  copyBeside(root, of, folder);
  const [{ inputs } = { inputs: {} }] = Object.values(metafile.outputs).filter(
    ({ entryPoint }) => entryPoint === entry,
  );
  return [...Object.keys(inputs), ...beside];
}

/** Options of esbuild */
export function bundleOptions(root: string, { entry }: Bundle, folder: string) {
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(folder, MAIN),
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    // Its ES modules are smaller, and a bundle has one copy of each.
    mainFields: ["module", "main"],
    minify: true,
    metafile: true,
    legalComments: "external",
    alias: { level: join(root, "images", "without-level.ts") },
    logLevel: "error",
  } as const satisfies BuildOptions;
}

/** Copy what the program reads from its own folder. */
export function copyBeside(root: string, { beside, policies }: Bundle, folder: string): void {
  for (const file of beside) copyFileSync(join(root, file), join(folder, basename(file)));
  if (policies !== undefined) copyPolicies(join(root, policies), join(folder, "cedar"));
}

function copyPolicies(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from).filter((file) => /\.cedar/.test(file))) {
    copyFileSync(join(from, name), join(to, name));
  }
}
