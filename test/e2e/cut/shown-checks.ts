import { deepStrictEqual as equal } from "node:assert";
import { request, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { called, toolToken } from "../gateway/call";
import type { GatewayWorld } from "../gateway/gateway-world";
import type { Check, Suite } from "../harness/suite";

const SOON_MILLISECONDS = 2_000;
const LATE_MILLISECONDS = 2_100;

interface Answer {
  readonly name: string;
  readonly gives: (response: ServerResponse) => Promise<unknown> | unknown;
  readonly isShown: boolean;
}

const ANSWERS: readonly Answer[] = [
  { name: "soon and short", gives: (response) => headed(response, "2").end("ok"), isShown: false },
  { name: "soon and short, and says that it is late", gives: (to) => claimed(to, "9999").end("ok"), isShown: false },
  { name: "failed", gives: (response) => response.writeHead(404).end("gone"), isShown: false },
  { name: "soon, of an unknown length", gives: (response) => response.writeHead(200).end("ok"), isShown: true },
  { name: "soon and long", gives: (to) => headed(to, "65000").end("x".repeat(65_000)), isShown: true },
  { name: "late and short, and says that it is soon", gives: late, isShown: true },
];

function headed(response: ServerResponse, length: string): ServerResponse {
  return response.writeHead(200, { "content-length": length });
}

function claimed(response: ServerResponse, after: string): ServerResponse {
  return response.writeHead(200, { "content-length": "2", "x-ambit-answered-after": after });
}

async function late(response: ServerResponse): Promise<void> {
  await sleep(LATE_MILLISECONDS);
  claimed(response, "1").end("ok");
}

export function shownChecks(suite: Suite, world: Check<GatewayWorld>): void {
  suite.check(
    "cut: of an HTTP tool's answers those that may last are shown to the authorizer",
    [world],
    async ([at]) => {
      const token = await toolToken(at, "clerk", "use", "crm", { user: "shown" });
      const told: unknown[] = [];
      for (const { name, gives, isShown } of ANSWERS) {
        at.tool.answering = (_, response) => void gives(response);
        const ask = () => called(at, at.as("clerk"), { path: "/tools/crm/records/1", token });
        let [before, beganAt] = [await shown(at), performance.now()];
        let got = await ask();
        // Anew where the machine was so slow that what was given soon may have come late
        while (!isShown && performance.now() - beganAt >= SOON_MILLISECONDS) {
          [before, beganAt] = [await shown(at), performance.now()];
          got = await ask();
        }
        told.push([name, (await shown(at)) > before, got.headers["x-ambit-answered-after"]]);
      }
      equal(
        told,
        ANSWERS.map(({ name, isShown }) => [name, isShown, undefined]),
      );
    },
  );
}

/** How many answers Envoy has shown, as it counts them itself */
async function shown(at: GatewayWorld): Promise<number> {
  const stats = await new Promise<string>((resolve, reject) => {
    const asked = request({ socketPath: at.path("run", "admin.sock"), path: "/stats?filter=ext_proc.streams_started" });
    asked.on("response", (answer) => void text(answer).then(resolve, reject));
    asked.on("error", reject).end();
  });
  const counts = stats
    .trim()
    .split("\n")
    .map((line) => Number(line.split(": ")[1]));
  return counts.reduce((all, one) => all + one, 0);
}
