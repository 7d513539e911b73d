import type { AgentDeclaration } from "../../domain";
import type { DevelopmentPlatform } from "./development-platform";
import type { ReadyMadeCommand } from "./ready-made-command";
import { NEXT_LINE, quoted, startToken, userToken } from "./shell";

const BODY = '{ "text": "hello" }';

/** A request for each task that callers from outside may start by a way in, as they send it */
export function callerCommands(platform: DevelopmentPlatform, agent: AgentDeclaration): readonly ReadyMadeCommand[] {
  const { users } = platform;
  if (users === undefined) return [];
  return agent.ways.flatMap(({ facts: { host = `${agent.name}.${users.domain}`, paths, tasks } }) =>
    tasks.flatMap((name) => {
      const start = (["user", "schedule", "event"] as const).find((each) =>
        agent.tasks.get(name)?.startedBy.includes(each),
      );
      const [path = "/"] = paths;
      if (start === undefined) return [];
      const evidence =
        start === "user" ? userToken(platform, agent.name, name) : startToken(platform, agent.name, name, start);
      const command = [
        `curl -sS --cacert ${quoted(platform.files.bundle)} --connect-to ${host}:443:127.0.0.1:${users.port}`,
        `https://${host}${path}`,
        `-H "authorization: Bearer ${evidence}"`,
        ...(start === "user" ? [] : [`-H 'ambit-start: ${start}'`]),
        `-H 'ambit-task: ${name}'`,
        `-H 'content-type: application/json' -d '${BODY}'`,
      ].join(NEXT_LINE);
      const by = start === "user" ? "alice asks it" : `begun by ${start}`;
      return [{ name: `${agent.name}.${name}`, what: `${by}, through the gateway`, command }];
    }),
  );
}
