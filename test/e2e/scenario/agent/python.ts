import { rmSync } from "node:fs";
import { join } from "node:path";
import { madeOnce } from "../../harness/cache";
import { succeed } from "../../harness/process";
import { Skipped } from "../../harness/suite";

const REQUIREMENTS = join(__dirname, "requirements.txt");
const LONG = { timeoutSeconds: 600 };

/** Python and what an agent in it imports, for an image */
export interface Python {
  readonly version: string;
  /** The program on this machine */
  readonly program: string;
  /** Of its standard library below where it is installed, such as `lib/python3.11` */
  readonly library: string;
  /** Holds `library` and `site`, each module compiled */
  readonly folder: string;
}

interface About {
  readonly version: string;
  readonly program: string;
  readonly from: string;
  readonly library: string;
}

const ABOUT = `
import json, os, platform, sys, sysconfig
library = sysconfig.get_path("stdlib", vars={"base": sys.base_prefix})
about = {"version": platform.python_version(), "program": os.path.realpath(sys.executable), "from": library}
print(json.dumps({**about, "library": os.path.relpath(library, sys.base_prefix)}))
`;

/** The standard library without its own tests and windows. */
const COPY = `
import shutil, sys
left_out = shutil.ignore_patterns("__pycache__", "site-packages", "dist-packages", "test", "tests", "idlelib", "tkinter", "turtledemo",
    "lib2to3", "ensurepip", "config-*", "_tkinter*", "_test*", "_ctypes_test*", "_xx*", "xxlimited*", "*.a")
shutil.copytree(sys.argv[1], sys.argv[2], ignore=left_out)
`;

/** The machine's Python, with what `requirements.txt` pins, made once. Modules are compiled by their content: in an image files have no times. */
export async function agentPython(): Promise<Python> {
  try {
    const { stdout } = await succeed("python3", ["-c", ABOUT]);
    const { version, program, from, library } = JSON.parse(stdout) as About;
    const make = (unfinished: string): Promise<void> => copied(unfinished, { program, from });
    const folder = await madeOnce(`story-agent-${version}`, [REQUIREMENTS], make);
    return { version, program, library, folder };
  } catch (error) {
    throw new Skipped(`an agent in Python cannot be made here: ${(error as Error).message.split("\n").at(-1)}`);
  }
}

async function copied(folder: string, { program, from }: Pick<About, "program" | "from">): Promise<void> {
  const within = (name: string): string => join(folder, name);
  await succeed(program, ["-c", COPY, from, within("library")]);
  // A system's Python has often no pip of its own.
  await succeed(program, ["-m", "venv", within("venv")]);
  const install = ["-m", "pip", "install", "--quiet", "--no-compile", "--target", within("site")];
  await succeed(within("venv/bin/python"), [...install, "--requirement", REQUIREMENTS], LONG);
  rmSync(within("venv"), { recursive: true });
  const compile = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "-s", folder];
  await succeed(program, [...compile, within("library"), within("site")], LONG);
}
