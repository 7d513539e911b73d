import { deepStrictEqual as equal } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { runTag } from "../../../runtime/run-tag";
import { arrivals } from "../gateway/call-checks";
import { succeed } from "../harness/process";
import type { Server } from "../harness/server";
import type { Check, Suite } from "../harness/suite";
import { a2aCalled, type A2aAnswer, saying } from "./a2a-call";
import type { DeskPod } from "./agent-checks";
import { type Pod, podAddress } from "./pod";
import { pushesOf, pushUrl } from "./pushed";
import type { WaysInWorld } from "./ways-in-world";

/** Agents of `examples/`, by which the official SDKs of A2A are on both ends */
const SERVERS = { researcher: "researcher.lookup", "web-reader": "web-reader.fetch" } as const;
type ServerName = keyof typeof SERVERS;
const BINDINGS = ["JSONRPC", "HTTP+JSON"] as const;
const FOUND = '{"found":"a page of the web"}';
const TICKET = '{"ticket":"a secret of a customer"}';
/** Long enough that a task is followed and cancelled meanwhile */
const SLOW_MILLISECONDS = 4_000;

/** What a client did, as it tells */
interface Used {
  readonly task: string;
  readonly sent: readonly [state: string, text: string];
  readonly streamed: string;
  readonly got: string;
  readonly listed: readonly string[];
  readonly followed: boolean;
  readonly cancelled: string;
  /** Addresses of configurations, how many were left when one was deleted, and the task that had pushes sent */
  readonly pushes: { readonly urls: readonly string[]; readonly left: number; readonly pushed: string };
  readonly refused: readonly string[];
}

export interface Examples {
  readonly triage: Pod;
  readonly researcher: Pod;
  readonly "web-reader": Pod;
}

/** The agents of `examples/` as they are, and the official SDKs of A2A in JavaScript and in Python on both ends */
export function a2aChecks(suite: Suite, world: Check<WaysInWorld>, pod: Check<DeskPod>): Check<Examples> {
  const examples = suite.check("ways in: the agents of examples/ start as they are", [world, pod], async ([at]) => {
    const [triage, researcher, reader] = await Promise.all(
      (["support-triage", "researcher", "web-reader"] as const).map(async (agent) => {
        const address = podAddress();
        const started = await at.pod(agent, address);
        at.podsAt(agent, address);
        return started;
      }),
    );
    at.gateway.tool.answering = (request, response) => {
      const isSlow = request.url?.endsWith("?q=slow") === true;
      const text = request.url?.startsWith("/v1/search") === true ? FOUND : TICKET;
      void sleep(isSlow ? SLOW_MILLISECONDS : 0).then(() =>
        response.writeHead(200, { "content-type": "application/json" }).end(text),
      );
    };
    suite.afterwards(() => at.gateway.tool.answeringAsEver());
    return { triage, researcher, "web-reader": reader } as Examples;
  });

  suite.check(
    "ways in: a user's request goes through FastAPI, A2A in JavaScript and A2A in Python, and comes back",
    [world, examples],
    async ([at, { researcher }]) => {
      const chat = (user: string) =>
        at.ask({
          host: "support-triage.agents.acme.example",
          method: "POST",
          path: "/chat",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ ticket: 7, question: "what is new" }),
          evidence: at.evidence("answer", user, "support-triage"),
        });
      const first = await arrivals(at.gateway, async () => {
        const answer = await chat("chain-ivy");
        equal([answer.status, answer.text.slice(0, 400)], [200, answer.text.slice(0, 400)]);
        const said = JSON.parse(answer.text) as { answer: string; thread: string; noted: number };
        equal([said.answer, said.noted], [`${FOUND}\n${TICKET}`, 403]);
        // What its delegates read taints who handed the work on, which has read nothing itself.
        await told(at.gateway.authorizer, /session\.tainted/);
        const thread = {
          host: "support-triage.agents.acme.example",
          path: `/threads/${said.thread}`,
          evidence: at.evidence("answer", "chain-ivy", "support-triage"),
        };
        const followed = await at.ask({ ...thread, headers: { "ambit-run": String(answer.headers["ambit-run"]) } });
        equal(
          [followed.status, followed.text],
          [200, JSON.stringify({ thread: said.thread, state: "TASK_STATE_COMPLETED" })],
        );
        // A user's request cannot continue another user's task.
        const evidence = at.evidence("answer", "chain-jon", "support-triage");
        equal((await at.ask({ ...thread, evidence })).status, 500);
        await told(researcher.companion, /"codes":\["companion\.other-task"\]/);
      });
      equal(
        first.map(({ path }) => path),
        ["/v1/search?q=what%20is%20new%20", "/api/v2/tickets/7"],
      );
      // What has been read by now is nothing that goes to the web.
      const later = await arrivals(at.gateway, async () => equal((await chat("chain-ivy")).status, 200));
      equal(
        later.map(({ path }) => path),
        ["/api/v2/tickets/7"],
      );
      await told(researcher.companion, /delegation\.above-sensitivity/);
    },
  );

  const used = async (
    at: WaysInWorld,
    client: string,
    server: ServerName,
    binding: string,
    own: Pod,
  ): Promise<Used> => {
    const handle = await at.handle("ask", `${client}-${server}-${binding.length}`);
    const base = `${own.url}/v1/runs/${handle}/delegates/${SERVERS[server]}/`;
    const program =
      client === "python"
        ? { command: at.programs.python, args: [`${__dirname}/a2a_client.py`] }
        : at.javascript(`${__dirname}/a2a-client.mjs`);
    const { stdout } = await succeed(program.command, [...program.args, base, binding, pushUrl(at, server)]);
    return JSON.parse(stdout) as Used;
  };

  for (const client of ["javascript", "python"]) {
    suite.check(
      `ways in: the official SDK of A2A in ${client} sends, streams, follows, cancels and has pushes sent by both bindings, with servers in both languages`,
      [world, pod, examples],
      async ([at, { pod: own }, pods]) => {
        for (const server of ["researcher", "web-reader"] as const) {
          const all = await Promise.all(BINDINGS.map((binding) => used(at, client, server, binding, own)));
          const url = pushUrl(at, server);
          for (const { task, refused, pushes, ...did } of all) {
            equal(did, {
              sent: ["TASK_STATE_COMPLETED", FOUND],
              streamed: FOUND,
              got: "TASK_STATE_COMPLETED",
              listed: [task],
              followed: true,
              cancelled: "TASK_STATE_CANCELED",
            });
            equal([pushes.urls, pushes.left], [[url, url, url], 0]);
            await arrivedPush(at, pushes.pushed);
            equal(
              refused.map((error) => /\b40[34]\b|not found/.exec(error)?.[0].replace("not found", "404") ?? error),
              ["403", "403", "403", "403", "403", "404", "404", "404"],
            );
          }
          await told(pods[server].companion, /"codes":\["companion\.push-address"\]/);
          await told(pods[server].companion, /"codes":\["companion\.push-secret"\]/);
        }
      },
    );
  }

  suite.check(
    "ways in: of two pods of an agent of A2A, follow-ups reach the one that has the task; where it is gone, the work begins anew",
    [world, pod, examples],
    async ([at, { pod: own }, pods]) => {
      const [first, second] = [pods["web-reader"], await at.pod("web-reader", podAddress())];
      at.podsAt("web-reader", first.address, second.address);
      const handle = await at.handle("ask", "moving-pia");
      const sent = (text: string) => a2aCalled(own, handle, SERVERS["web-reader"], saying(text));
      const asked = (id: string) => a2aCalled(own, handle, SERVERS["web-reader"], ["GetTask", { id }]);
      const on = ({ address }: Pod, { reference }: A2aAnswer): boolean => {
        const [run = "", tag] = reference.split(".");
        return runTag(run, address) === tag;
      };
      const begunOn = async (at: Pod): Promise<string> =>
        (
          await until(
            "a message reaches the pod",
            () => sent("one"),
            (answer) => on(at, answer),
          )
        ).task as string;
      const tasks = [await begunOn(second), await begunOn(first)] as const;
      for (const id of [...tasks, ...tasks, ...tasks]) {
        const { status, task } = await asked(id);
        equal([status, task], [200, id]);
      }
      const other = await at.handle("ask", "moving-quin");
      const foreign = await a2aCalled(own, other, SERVERS["web-reader"], ["GetTask", { id: tasks[0] }]);
      equal([foreign.status, foreign.codes], [404, ["companion.other-task"]]);
      at.podsAt("web-reader", first.address);
      await second.companion.kill();
      const lost = await until(
        "the pod is gone",
        () => asked(tasks[0]),
        ({ codes }) => codes[0] !== "way.unreachable",
      );
      equal([lost.status, lost.codes], [404, ["companion.other-task"]]);
      equal((await asked(tasks[1])).status, 200);
      equal((await sent("one")).status, 200);
    },
  );

  suite.check(
    "ways in: the card of A2A names both bindings, and whether pushes are offered",
    [world, pod, examples],
    async ([at, { pod: own }]) => {
      const base = `${own.url}/v1/tasks/ask/delegates/web-reader.fetch`;
      const card = (await (await fetch(`${base}/.well-known/agent-card.json`)).json()) as {
        readonly supportedInterfaces: readonly object[];
        readonly capabilities: object;
      };
      equal(
        card.supportedInterfaces,
        BINDINGS.map((protocolBinding) => ({ url: `${base}/`, protocolBinding, protocolVersion: "1.0" })),
      );
      equal(card.capabilities, { streaming: true, pushNotifications: true, extendedAgentCard: false });
      const other = `${own.url}/v1/tasks/ask/delegates/payer.add/.well-known/agent-card.json`;
      const { capabilities } = (await (await fetch(other)).json()) as typeof card;
      equal(capabilities, { streaming: true, pushNotifications: false, extendedAgentCard: false });
      at.gateway.tool.answeringAsEver();
    },
  );
  return examples;
}

/** The end of a task, as it is pushed behind the answer */
async function arrivedPush({ gateway }: WaysInWorld, task: string): Promise<void> {
  await until(
    `the end of ${task} is pushed`,
    async () => pushesOf(gateway, task),
    (pushes) => pushes.some(({ body }) => body.includes("TASK_STATE_COMPLETED")),
  );
}

/** A line of a log comes behind the answer that it tells of. */
async function told({ said }: Server, what: RegExp): Promise<void> {
  await until(
    `a log tells of ${what}`,
    async () => what.test(said()),
    (isSaid) => isSaid,
  );
}

const WAITING_MILLISECONDS = 60_000;
const PAUSE_MILLISECONDS = 100;

/** Ask until the answer is as it should be. @throws Error where it takes a minute, however busy the machine is */
export async function until<T>(what: string, ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + WAITING_MILLISECONDS;
  for (let answer = await ask(); ; answer = await ask()) {
    if (isSo(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within a minute, got ${JSON.stringify(answer)}`);
    await sleep(PAUSE_MILLISECONDS);
  }
}
