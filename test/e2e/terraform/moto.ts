import { join } from "node:path";
import { madeOnce } from "../harness/cache";
import { answers, succeed } from "../harness/process";
import { serve } from "../harness/server";
import { Skipped } from "../harness/suite";

const REQUIREMENTS = join(__dirname, "..", "engines", "moto", "requirements.txt");
const ADDRESS = /Running on (http:\/\/127\.0\.0\.1:\d+)/;

export interface Moto {
  /** http address on the loopback */
  readonly url: string;
  stop(): Promise<void>;
}

/** The Python of a virtual environment that holds moto: an AWS API stand-in, not a security oracle. */
export async function motoPython(): Promise<string> {
  if ((await answers("python3", ["--version"])) === undefined) throw new Skipped("no python3 on the PATH to run moto");
  try {
    const folder = await madeOnce("moto", [REQUIREMENTS], async (unfinished) => {
      await succeed("python3", ["-m", "venv", unfinished]);
      const install = ["-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS];
      await succeed(pythonOf(unfinished), install, { timeoutSeconds: 600 });
    });
    return pythonOf(folder);
  } catch (error) {
    throw new Skipped(`moto cannot be installed: ${(error as Error).message.split("\n").at(-1)}`);
  }
}

function pythonOf(folder: string): string {
  return join(folder, "bin", "python");
}

/**
 * Start it on a free port, with an empty account of this id.
 *
 * @param program by default moto itself; by module, because the scripts of a virtual environment name the folder in
 *   which they were made
 */
export async function startMoto(
  python: string,
  account: string,
  program: readonly string[] = ["-m", "moto.server"],
): Promise<Moto> {
  const server = await serve({
    name: "moto",
    command: python,
    args: [...program, "-H", "127.0.0.1", "-p", "0"],
    env: { MOTO_ACCOUNT_ID: account },
    ready: (said) => ADDRESS.test(said),
  });
  return { url: ADDRESS.exec(server.said())?.[1] as string, stop: server.kill };
}
