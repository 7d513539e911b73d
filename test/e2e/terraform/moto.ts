import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { madeOnce } from "../harness/cache";
import { answers, succeed } from "../harness/process";
import { Skipped } from "../harness/suite";

const REQUIREMENTS = join(__dirname, "..", "engines", "moto", "requirements.txt");
const START_SECONDS = 60;

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

/** Start it on a free port, with an empty account of this id. */
export async function startMoto(python: string, account: string): Promise<Moto> {
  // By module, because the scripts of a virtual environment name the folder in which they were made.
  const child = spawn(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], {
    env: { ...process.env, MOTO_ACCOUNT_ID: account },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  try {
    return { url: await addressOf(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = (why: string): void => reject(new Error(`moto ${why}:\n${said.slice(-2000)}`));
    const timer = setTimeout(() => fail(`did not answer within ${START_SECONDS} s`), START_SECONDS * 1000);
    child.once("error", (error) => fail(`did not start (${error.message})`));
    child.once("close", () => fail("ended at once"));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      // The stream must be read to its end: a full pipe would stop the server.
      if (said.length > 20_000) return;
      said += text;
      const match = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said);
      if (match === null) return;
      clearTimeout(timer);
      resolve(match[1] as string);
    });
  });
}
