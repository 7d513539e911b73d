import { deepStrictEqual as equal, ok } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { valueOf } from "../gateway/recording-tool";
import type { Check, Suite } from "../harness/suite";
import { a2aCalled, saying } from "./a2a-call";
import { type Examples, until } from "./a2a-checks";
import type { DeskPod } from "./agent-checks";
import { pushesOf, pushUrl } from "./pushed";
import type { WaysInWorld } from "./ways-in-world";

const SERVERS = { researcher: "researcher.lookup", "web-reader": "web-reader.fetch" } as const;
/** Where the companion knows that the run is over, or could get no token for it */
const PUSH_REFUSED = /"event":"request\.refused".*"codes":\["(?:companion\.no-run|run\.revoked)"\]/;
/** Where it has a token, and was not told yet */
const CALL_REFUSED = /"event":"call\.refused".*"tool":"callbacks","codes":\["run\.revoked"/;
/** Longer than it takes to stop a run that is told at once */
const SLOW_MILLISECONDS = 20_000;

/** Push notifications of A2A go to the declared address alone, as calls of the run that set them. */
export function pushChecks(
  suite: Suite,
  world: Check<WaysInWorld>,
  pod: Check<DeskPod>,
  delegate: Check<unknown>,
  examples: Check<Examples>,
): void {
  const pushing = (url: string, more: object = {}) => ({ taskPushNotificationConfig: { url }, ...more });

  suite.check(
    "ways in: a push is a call of the run, with the credential of its tool, and tells the receiver no handle",
    [world, pod, examples],
    async ([at, { pod: own }]) => {
      for (const [name, server] of Object.entries(SERVERS)) {
        const handle = await at.handle("ask", `pushing-${name}`);
        const url = pushUrl(at, name as keyof typeof SERVERS);
        const { status, text, task = "none" } = await a2aCalled(own, handle, server, saying("one", pushing(url)));
        equal([status, text.includes("/v1/runs/")], [200, false]);
        const [push] = await until(
          `${name} pushes`,
          async () => pushesOf(at.gateway, task),
          (pushes) => pushes.length > 0,
        );
        equal([push?.method, push?.host, push?.path], ["POST", new URL(url).host, "/v1/pushes"]);
        ok(push !== undefined && !JSON.stringify(push).includes("/v1/runs/"), "the receiver was told a handle");
        ok(valueOf(push, "authorization")?.startsWith("Bearer "), "the receiver was shown no credential of its tool");
      }
    },
  );

  suite.check(
    "ways in: what the run pushed before it was stopped has arrived, and nothing that comes later, in both languages",
    [world, pod, examples],
    async ([at, { pod: own }, pods]) => {
      at.gateway.tool.answering = (request, response) => {
        const isPush = request.url === "/v1/pushes";
        void sleep(isPush ? 0 : SLOW_MILLISECONDS, undefined, { ref: false }).then(() =>
          response.writeHead(200).end("{}"),
        );
      };
      const stopped = Promise.all(
        Object.entries(SERVERS).map(async ([name, server]) => {
          const handle = await at.handle("ask", `stopped-${name}`);
          const { code, companion } = pods[name as keyof typeof SERVERS];
          const sent = saying(
            "slowly",
            pushing(pushUrl(at, name as keyof typeof SERVERS), { returnImmediately: true }),
          );
          const { task = "none", reference } = await a2aCalled(own, handle, server, sent);
          await until(
            `${name} pushes that it works`,
            async () => pushesOf(at.gateway, task),
            (pushes) => pushes.some(({ body }) => body.includes("TASK_STATE_WORKING")),
          );
          const { authorizer } = at.gateway;
          const before = [companion.said().length, authorizer.said().length] as const;
          await at.gateway.stop({ kind: "run", id: reference.split(".")[0] });
          const failed = new RegExp(`Error sending push.notification for task_id=${task}`, "g");
          await until(
            `${name} fails to push what it found, and that it is done`,
            async () => code.said().match(failed) ?? [],
            (errors) => errors.length >= 2,
          );
          const refused = [companion.said().slice(before[0]), authorizer.said().slice(before[1])].join("\n");
          ok(
            refused.split("\n").some((line) => PUSH_REFUSED.test(line) || CALL_REFUSED.test(line)),
            refused,
          );
          ok(
            pushesOf(at.gateway, task).every(({ body }) => !/artifactUpdate|TASK_STATE_(COMPLETED|FAILED)/.test(body)),
          );
        }),
      );
      await stopped.finally(() => at.gateway.tool.answeringAsEver());
    },
  );

  suite.check(
    "ways in: no push is set for the task of another caller, nor at an agent that declares none",
    [world, pod, delegate, examples],
    async ([at, { pod: own }]) => {
      for (const [name, server] of Object.entries(SERVERS)) {
        const url = pushUrl(at, name as keyof typeof SERVERS);
        const handle = await at.handle("ask", `owning-${name}`);
        const { task: taskId } = await a2aCalled(own, handle, server, saying("one"));
        const config = { taskId, id: "p-1", url };
        const mine = await a2aCalled(own, handle, server, ["CreateTaskPushNotificationConfig", config]);
        equal([mine.status, JSON.parse(mine.text).result.url], [200, url]);
        const other = await at.handle("ask", `taking-${name}`);
        for (const [method, params] of [
          ["CreateTaskPushNotificationConfig", config],
          ["GetTaskPushNotificationConfig", { taskId, id: "p-1" }],
          ["ListTaskPushNotificationConfigs", { taskId }],
          ["DeleteTaskPushNotificationConfig", { taskId, id: "p-1" }],
        ] as const) {
          const { status, codes } = await a2aCalled(own, other, server, [method, params]);
          equal([method, status, codes], [method, 404, ["companion.other-task"]]);
        }
      }
      const handle = await at.handle("ask", "undeclared-quay");
      const url = pushUrl(at, "researcher");
      const none = await a2aCalled(own, handle, "payer.add", saying("41", pushing(url)), "a2a");
      equal([none.status, none.codes], [403, ["companion.push"]]);
    },
  );
}
