import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Serving } from "../../../support/companion/serving";
import { BY_TASK, bytesOf, until } from "../../../support/companion/to-tools";

let serving: Serving;
beforeEach(async () => {
  serving = new Serving();
  await serving.start();
});
afterEach(() => serving.close());

const stopped = (...runs: readonly string[]) => ({
  status: 200,
  body: { stopped: runs.map((run) => ({ run, codes: ["user.revoked"] })) },
});

test("what is open for a run that is stopped ends in both directions, with a code where nothing of an answer went out", async () => {
  // An upload whose answer has not begun
  let arriving = 0;
  let isLeft = false;
  let answerUpload = (): void => undefined;
  serving.does = (incoming, out) => {
    answerUpload = () => void out.end("late");
    incoming.on("data", (part: Buffer) => (arriving += part.length));
    incoming.on("close", () => (isLeft = true));
  };
  const upload = serving.open("/chat", { method: "POST", headers: { ...serving.said(), "content-length": "1000" } });
  upload.write("part");
  let uploaded: { readonly status: number | undefined; readonly text: string } | undefined;
  upload.once("response", (response: IncomingMessage) => {
    void bytesOf(response).then((bytes) => (uploaded = { status: response.statusCode, text: bytes.toString() }));
  });
  await until(() => arriving > 0);

  // Of another run: an answer that streams, a call whose answer streams, and one whose answer has not begun
  const { handle, outgoing, answered: streaming } = await serving.held(serving.said("d.e.f"));
  outgoing.write("part");
  const answer = await streaming;
  let isBroken = false;
  answer.on("error", () => undefined).on("close", () => (isBroken = !answer.complete));
  answer.resume();
  serving.to.gateway.does = (incoming, out) => {
    incoming.resume();
    if (incoming.headers["x-begins"] !== undefined) out.write("part");
  };
  const headers = { "ambit-run": handle };
  const called = serving.to.open(BY_TASK, { headers: { ...headers, "x-begins": "1" } });
  called.on("error", () => undefined).end();
  const [begun] = (await once(called, "response")) as [IncomingMessage];
  let isCallBroken = false;
  begun.on("error", () => undefined).on("close", () => (isCallBroken = !begun.complete));
  begun.resume();
  const waiting = serving.to.ask(BY_TASK, { headers });

  serving.running.exchange.said.set("/runs/open", stopped("run-1", "run-2"));
  await until(() => isBroken && isCallBroken);
  // All are cut at the same time: an answer that comes now is none any more.
  answerUpload();
  await until(() => uploaded !== undefined);
  for (const { status, text } of [uploaded, await waiting].flatMap((one) => one ?? [])) {
    expect([status, text]).toEqual([403, expect.stringContaining("companion.cut")]);
    expect(text).toContain("user.revoked");
  }
  await until(() => isLeft);
  expect(arriving).toBe(4);
  // The run is over here too.
  const later = await serving.to.ask(BY_TASK, { headers });
  expect([later.status, later.text]).toEqual([404, expect.stringContaining("companion.no-run")]);
  // Each call that was cut is told, also where its answer had begun.
  const all = await serving.running.toldAtTheEnd();
  const told = all.filter(({ codes, via }) => codes.includes("companion.cut") && via === "tools");
  expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(2);
}, 20_000);
