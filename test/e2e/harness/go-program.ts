import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { madeOnce } from "./cache";
import { answers, succeed } from "./process";
import { Skipped } from "./suite";

const FILES = /^go\.(mod|sum)$|\.go$/;
const TEST = /_test\.go$/;
const BUILD_SECONDS = 2400;
/** Takes the compiler a sixth less of the processor's time, and some hundred MB more. */
const COLLECT_LESS = { GOGC: "400" };

export interface GoModule<Binary extends string> {
  /** Name of the folder in the cache, and in messages */
  readonly name: string;
  /**
   * Folder with the go.mod and go.sum that pin everything, and with sources if the program is our own; what is built
   * changes with these files alone
   */
  readonly module: string;
  /** Package of each binary */
  readonly packages: Readonly<Record<Binary, string>>;
  readonly ldflags?: string;
  /**
   * What the build is told besides.
   *
   * @default - nothing
   */
  readonly env?: Readonly<Record<string, string>>;
}

/** Programs built from the Go module proxy or from own sources, once for these files; the path of each by its name. */
export async function goPrograms<Binary extends string>(from: GoModule<Binary>): Promise<Record<Binary, string>> {
  const { name, module, ldflags, env = {} } = from;
  const packages = Object.entries<string>(from.packages);
  if ((await answers("go", ["version"])) === undefined) throw new Skipped(`no go on the PATH to build ${name}`);
  const files = readdirSync(module)
    .filter((file) => FILES.test(file))
    .sort();
  const inputs = files.map((file) => join(module, file));
  try {
    const folder = await madeOnce(name, inputs, async (unfinished) => {
      for (const file of files) copyFileSync(join(module, file), join(unfinished, file));
      for (const [binary, path] of packages) {
        const flags = ["-mod=readonly", ...(ldflags === undefined ? [] : ["-ldflags", ldflags])];
        const build = ["build", ...flags, "-o", join(unfinished, binary), path];
        await succeed("go", build, {
          cwd: unfinished,
          env: { ...COLLECT_LESS, ...env },
          timeoutSeconds: BUILD_SECONDS,
        });
      }
      // A program that fails its own tests is not kept.
      if (files.some((file) => TEST.test(file))) await succeed("go", ["test", "."], { cwd: unfinished });
    });
    const paths = packages.map(([binary]) => [binary, join(folder, binary)]);
    return Object.fromEntries(paths) as Record<Binary, string>;
  } catch (error) {
    throw new Skipped(`${name} cannot be built: ${(error as Error).message.split("\n").at(-1)}`);
  }
}
