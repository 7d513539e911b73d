import type { OneNode } from "../../cluster/one-node";
import { until } from "../../harness/until";
import type { Person } from "./person";

const SECONDS = 120;

/**
 * Path of the only request of an agent that waits for this person
 *
 * @param answered what the user sees already: then nothing waits
 */
export async function openRequest(agent: string, person: Person, answered: () => Promise<string>): Promise<string> {
  let path: string | null = null;
  let list = "";
  await until(
    async () => {
      list = await person.visit("/requests");
      const early = await answered();
      if (early !== "") throw new Error(`the user is answered before a person has decided: ${early}\n${list}`);
      const link = person.page.locator('main a[href^="/requests/"]', { hasText: agent });
      if ((await link.count()) > 0) path = await link.first().getAttribute("href");
      return path !== null;
    },
    SECONDS,
    () => `no request of ${agent} waits for a person: ${list}`,
  );
  return path as unknown as string;
}

/** The last lines of agents, companions and what decides, for messages */
export async function saidBy(on: OneNode, agents: readonly string[]): Promise<string> {
  const pods = [
    ...agents.map((name) => ["support", `ambit.internal/agent=${name}`] as const),
    ["ambit-system", "app.kubernetes.io/name=ambit-exchange"],
    ["ambit-system", "app.kubernetes.io/name=ambit-gateway"],
  ] as const;
  const said = pods.map(async ([namespace, label]) => {
    const { stdout } = await on.kubectl(["logs", "-n", namespace, "-l", label, "--all-containers", "--tail=25"]);
    return `${label}:\n${stdout}`;
  });
  return (await Promise.all(said)).join("\n");
}
