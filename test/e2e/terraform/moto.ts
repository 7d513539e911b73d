import { join } from "node:path";
import { pythonWith } from "../harness/python";
import { serve } from "../harness/server";

/** What `moto_once.py` says of each */
const ANSWERED_AGAIN = "answered again";
const ADDRESS = /Running on (http:\/\/127\.0\.0\.1:\d+)/;

export interface Moto {
  /** http address on the loopback */
  readonly url: string;
  readonly pid: number;
  /** Attempts of the SDKs that came again because the answer to the one before got lost */
  retries(): number;
  stop(): Promise<void>;
}

/** The Python of a virtual environment that holds moto: an AWS API stand-in, not a security oracle. */
export function motoPython(): Promise<string> {
  return pythonWith("moto", join(__dirname, "..", "engines", "moto"));
}

export interface MotoOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** @default 0 - a free one */
  readonly port?: number;
}

/** Start it with an empty account of this id. */
export async function startMoto(
  python: string,
  account: string,
  program: readonly string[] = [join(__dirname, "moto_once.py")],
  { env = {}, port = 0 }: MotoOptions = {},
): Promise<Moto> {
  const server = await serve({
    name: "moto",
    command: python,
    args: [...program, "-H", "127.0.0.1", "-p", String(port)],
    env: { MOTO_ACCOUNT_ID: account, ...env },
    ready: (said) => ADDRESS.test(said),
  });
  return {
    url: ADDRESS.exec(server.said())?.[1] as string,
    pid: server.pid,
    retries: () => server.said().split(ANSWERED_AGAIN).length - 1,
    stop: server.kill,
  };
}
