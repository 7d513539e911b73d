import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { answers, run } from "../harness/process";
import { Skipped, type Suite } from "../harness/suite";

// Its declarations bring the types of a browser with them, which clash with Node's.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { parse } = require("@cdktf/hcl2json") as {
  parse(name: string, text: string): Promise<Readonly<Record<string, unknown>>>;
};

/** Go modules that engines are built from, so that most are in Go's cache, each by the checksum of its files */
const MODULES: Readonly<Record<string, { readonly module: string; readonly sum: string }>> = {
  opentofu: {
    module: "github.com/opentofu/opentofu@v1.12.6",
    sum: "h1:0VT4P8pMmGcCUnQ9JDrJ+Qg2d35Vzm4FFd/9+H7oF98=",
  },
  tessera: {
    module: "github.com/transparency-dev/tessera@v1.0.4",
    sum: "h1:IXjGowubcLR0T3zUQrysSMKgtTh9KGKQ0iajUiubyP4=",
  },
  rekor: { module: "github.com/sigstore/rekor@v1.5.3", sum: "h1:0Tyolw3zreRgm7PUW8dccFLXGBThi08278jI8EXNSr4=" },
};

/** One folder of Terraform that others wrote, as Terraform JSON */
export interface Converted {
  /** Module and folder in it */
  readonly source: string;
  readonly folder: string;
  /** Files that hcl2json cannot parse: they lie in the folder as they are */
  readonly unparsed: readonly string[];
}

/** The Terraform that ships in these modules, a folder for each of theirs */
export async function convertedTerraform(suite: Suite): Promise<readonly Converted[]> {
  const to = mkdtempSync(join(tmpdir(), "ambit-terraform-"));
  suite.afterwards(() => rmSync(to, { recursive: true, force: true }));
  const all: Converted[] = [];
  for (const [name, { module, sum }] of Object.entries(MODULES)) {
    const root = await moduleFolder(to, module, sum);
    for (const [folder, files] of byFolder(root)) {
      const converted = join(to, String(all.length));
      mkdirSync(converted);
      const unparsed: string[] = [];
      for (const file of files) {
        if (!(await convert(join(root, file), converted))) unparsed.push(basename(file));
      }
      all.push({ source: join(name, folder), folder: converted, unparsed });
    }
  }
  return all;
}

async function moduleFolder(scratch: string, module: string, sum: string): Promise<string> {
  if ((await answers("go", ["version"])) === undefined) throw new Skipped(`no go on the PATH to get ${module}`);
  const got = await run("go", ["mod", "download", "-json", module], { cwd: scratch });
  if (got.code !== 0) throw new Skipped(`${module} cannot be had: ${got.tail.split("\n").at(-1)}`);
  const { Dir, Sum } = JSON.parse(got.stdout) as { readonly Dir: string; readonly Sum: string };
  if (Sum !== sum) throw new Error(`${module} has the checksum ${Sum}, expected ${sum}`);
  return Dir;
}

function byFolder(root: string): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  const files = (readdirSync(root, { recursive: true }) as string[]).filter((file) => file.endsWith(".tf")).sort();
  for (const file of files) {
    if (!statSync(join(root, file)).isFile()) continue;
    const folder = dirname(file);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return folders;
}

/** @returns whether it could be parsed */
async function convert(file: string, to: string): Promise<boolean> {
  const text = readFileSync(file, "utf8");
  const into = join(to, basename(file));
  try {
    writeFileSync(`${into}.json`, JSON.stringify(await parse(basename(file), text)));
    return true;
  } catch {
    writeFileSync(into, text);
    return false;
  }
}
