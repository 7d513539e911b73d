import type { OneNode } from "./one-node";

/** Asks the companion of its own pod: a method, a path, a body and headers besides, and says status and what the answer says. */
export const ASK_COMPANION = `
const [method, path, body, more = "{}"] = process.argv.slice(1);
const headers = body === undefined ? {} : { "content-type": "application/json", ...JSON.parse(more) };
fetch("http://127.0.0.1:7464" + path, { method, headers, body }).then(
  async (response) => console.log(JSON.stringify([response.status, await response.json()])),
  ({ cause }) => console.log(JSON.stringify([0, { status: String(cause) }])),
);
`;

export type Answer = Readonly<Record<string, unknown>>;

/** Ask the companion of a pod from within that pod, which alone reaches it. */
export async function askCompanion(
  on: OneNode,
  namespace: string,
  pod: string,
  method: string,
  path: string,
  body?: object,
): Promise<readonly [status: number, answer: Answer]> {
  const command = ["/nodejs/bin/node", "-e", ASK_COMPANION, method, path];
  const said = body === undefined ? [] : [JSON.stringify(body)];
  const { code, stdout, tail } = await on.kubectl(["exec", pod, "-n", namespace, "--", ...command, ...said]);
  if (code !== 0) throw new Error(`exec in ${pod} failed: ${tail}\n${await on.storyOf(namespace, pod)}`);
  return JSON.parse(stdout) as readonly [number, Answer];
}
