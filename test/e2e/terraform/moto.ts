import { join } from "node:path";
import { pythonWith } from "../harness/python";
import { serve } from "../harness/server";

const ADDRESS = /Running on (http:\/\/127\.0\.0\.1:\d+)/;

export interface Moto {
  /** http address on the loopback */
  readonly url: string;
  stop(): Promise<void>;
}

/** The Python of a virtual environment that holds moto: an AWS API stand-in, not a security oracle. */
export function motoPython(): Promise<string> {
  return pythonWith("moto", join(__dirname, "..", "engines", "moto"));
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
