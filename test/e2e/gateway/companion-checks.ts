import { deepStrictEqual as equal, match, ok } from "node:assert";
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { run } from "../harness/process";
import { serve, type Server } from "../harness/server";
import type { Check, Suite } from "../harness/suite";
import { codesIn } from "./call";
import { arrivals } from "./call-checks";
import type { GatewayWorld } from "./gateway-world";
import { valueOf } from "./recording-tool";
import { ROBOT_KEY } from "./secret-server";

const ROOT = resolve(__dirname, "../../..");
const LISTENING = /"event":"companion\.listening","url":"(http:[^"]+)"/;
const HELD = /"event":"identity\.changed"/;
const START_SECONDS = 120;
const JSON_TYPE = { "content-type": "application/json" };

/** The companion of the clerk, as in a pod */
export class Beside {
  constructor(
    public readonly process: Server,
    public readonly url: string,
  ) {}

  public static async start(suite: Suite, at: GatewayWorld): Promise<Beside> {
    const started = await serve({
      name: "the companion",
      command: at.path("companion"),
      args: ["-r", "@swc-node/register", join(ROOT, "runtime/companion/main.ts")],
      cwd: ROOT,
      env: at.companionEnvironment(),
      ready: (said) => LISTENING.test(said) && HELD.test(said),
      startSeconds: START_SECONDS,
    });
    suite.afterwards(() => started.kill());
    return new Beside(started, LISTENING.exec(started.said())?.[1] as string);
  }

  public async begin(at: GatewayWorld, task: string, user: string, audience = "tool:crm"): Promise<string> {
    const body = { task, start: "user", evidence: at.evidence("clerk", task, user), audience };
    const answer = await fetch(`${this.url}/v1/runs`, {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify(body),
    });
    const { run: id } = (await answer.json()) as { readonly run?: string };
    if (id === undefined) throw new Error(`${answer.status}`);
    return id;
  }
}

/** An agent's code knows a base URL, and nothing of tokens, certificates or the gateway. */
export function companionChecks(suite: Suite, world: Check<GatewayWorld>): Check<Beside> {
  const companion = suite.check("companion: an agent needs only its base URL to call tools", [world], ([at]) =>
    Beside.start(suite, at),
  );

  suite.check(
    "companion: fetch calls a tool of the task's run, and the bytes arrive",
    [world, companion],
    async ([at, beside]) => {
      const id = await beside.begin(at, "work", "kai");
      const body = ' {"text": "\\u00e9 é"}\n';
      const arrived = await arrivals(at, async () => {
        for (const base of [`/v1/tasks/work/tools/crm`, `/v1/runs/${id}/tools/crm`]) {
          const answer = await fetch(`${beside.url}${base}/notes`, { method: "POST", headers: JSON_TYPE, body });
          equal([answer.status, await answer.text()], [200, '{"ok":true}']);
        }
      });
      const sha256 = createHash("sha256").update(body).digest("hex");
      equal(
        arrived.map((one) => [one.sha256, valueOf(one, "authorization")]),
        [
          [sha256, `Bearer ${ROBOT_KEY}`],
          [sha256, `Bearer ${ROBOT_KEY}`],
        ],
      );
      await fetch(`${beside.url}/v1/runs/${id}`, { method: "DELETE" });
    },
  );

  suite.check(
    "companion: a refusal of the gateway reaches the agent unchanged, with its fix",
    [world, companion],
    async ([at, beside]) => {
      const id = await beside.begin(at, "work", "lea");
      const answer = await fetch(`${beside.url}/v1/runs/${id}/tools/crm/admin`);
      const text = await answer.text();
      equal([answer.status, codesIn(text)], [403, ["call.unrecognised"]]);
      match(text, /"fix":"[^"]+"/);
      // curl sends the path as it is written; fetch would tidy it.
      const curl = await run("curl", [
        "--silent",
        "--path-as-is",
        `${beside.url}/v1/runs/${id}/tools/crm/records/../admin`,
      ]);
      equal(codesIn(curl.stdout), ["call.target"]);
      await fetch(`${beside.url}/v1/runs/${id}`, { method: "DELETE" });
    },
  );

  suite.check(
    "companion: a stream of a tool reaches the agent as it comes",
    [world, companion],
    async ([at, beside]) => {
      const id = await beside.begin(at, "work", "mia");
      at.tool.answering = (_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        for (const part of [0, 1, 2]) setTimeout(() => response.write(`data: ${part}\n\n`), part * 300);
        setTimeout(() => response.end(), 900);
      };
      try {
        const answer = await fetch(`${beside.url}/v1/runs/${id}/tools/crm/records/1`);
        const times: number[] = [];
        let text = "";
        for await (const part of answer.body ?? []) {
          times.push(performance.now());
          text += Buffer.from(part as Uint8Array).toString();
        }
        equal(text, "data: 0\n\ndata: 1\n\ndata: 2\n\n");
        ok((times.at(-1) ?? 0) - (times[0] ?? 0) > 300, "the parts came all at once");
      } finally {
        at.tool.answeringAsEver();
      }
      await fetch(`${beside.url}/v1/runs/${id}`, { method: "DELETE" });
    },
  );

  suite.check(
    "companion: fails after the run has ended, and the call does not reach the tool",
    [world, companion],
    async ([at, beside]) => {
      const id = await beside.begin(at, "work", "nils");
      equal((await fetch(`${beside.url}/v1/runs/${id}/tools/crm/records/1`)).status, 200);
      await fetch(`${beside.url}/v1/runs/${id}`, { method: "DELETE" });
      const arrived = await arrivals(at, async () => {
        const answer = await fetch(`${beside.url}/v1/runs/${id}/tools/crm/records/1`);
        equal([answer.status, codesIn(await answer.text())], [404, ["companion.no-run"]]);
      });
      equal(arrived, []);
    },
  );

  return companion;
}
