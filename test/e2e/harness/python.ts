import { join } from "node:path";
import { madeOnce } from "./cache";
import { answers, succeed } from "./process";
import { Skipped } from "./suite";

const INSTALL_SECONDS = 600;

/** The Python of a virtual environment that holds what this folder's `requirements.txt` pins, made once. */
export async function pythonWith(name: string, folder: string): Promise<string> {
  if ((await answers("python3", ["--version"])) === undefined) throw new Skipped(`no python3 on the PATH for ${name}`);
  const requirements = join(folder, "requirements.txt");
  try {
    const made = await madeOnce(name, [requirements], async (unfinished) => {
      await succeed("python3", ["-m", "venv", unfinished]);
      const install = ["-m", "pip", "install", "--quiet", "--requirement", requirements];
      await succeed(pythonOf(unfinished), install, { timeoutSeconds: INSTALL_SECONDS });
    });
    return pythonOf(made);
  } catch (error) {
    throw new Skipped(`${name} cannot be installed: ${(error as Error).message.split("\n").at(-1)}`);
  }
}

function pythonOf(folder: string): string {
  return join(folder, "bin", "python");
}
