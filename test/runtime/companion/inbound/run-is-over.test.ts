import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { refusal } from "../../../support/companion/fake-exchange";
import { Serving } from "../../../support/companion/serving";
import { BY_TASK, until } from "../../../support/companion/to-tools";

let serving: Serving;
beforeEach(async () => {
  serving = new Serving();
  await serving.start();
});
afterEach(() => serving.close());

/** A request whose answer is open, with a call out that is open too; the exchange then refuses the next part of the answer. */
async function refusedWith(code: string): Promise<{ readonly handle: string; readonly isCut: () => boolean }> {
  serving.to.gateway.does = (incoming, outgoing) => {
    incoming.resume();
    outgoing.write("part");
  };
  const { handle, outgoing, answered } = await serving.held();
  outgoing.write("part");
  const answer = await answered;
  const call = serving.to.open(BY_TASK, { headers: { "ambit-run": handle } });
  call.on("error", () => undefined);
  call.end();
  const [called] = (await once(call, "response")) as [IncomingMessage];
  let isCut = false;
  called.on("close", () => (isCut = true)).on("error", () => undefined);
  called.resume();
  serving.running.exchange.said.set("/runs/answers", refusal("access_denied", code, 403));
  answer.on("error", () => undefined).resume();
  outgoing.write("another");
  await until(() => answer.destroyed);
  return { handle, isCut: () => isCut };
}

test.each(["token.session-ended", "session.revoked", "session.over", "run.revoked", "agent.revoked", "user.revoked"])(
  "where an answer is refused by %s, calls out of its run that are open end too",
  async (code) => {
    const { isCut } = await refusedWith(code);
    await until(isCut);
  },
);

test.each(["answer.above-clearance", "way.undeclared"])(
  "where an answer is refused by %s, what its run does goes on",
  async (code) => {
    const { handle, isCut } = await refusedWith(code);
    serving.to.gateway.does = (incoming, outgoing) => {
      incoming.resume();
      outgoing.end("done");
    };
    expect((await serving.to.ask(BY_TASK, { headers: { "ambit-run": handle } })).status).toBe(200);
    expect(isCut()).toBe(false);
  },
);

test("the caller is told what the exchange said, and not that the run ended here", async () => {
  serving.running.exchange.said.set("/runs/answers", refusal("access_denied", "session.revoked", 403));
  const answer = await serving.ask();
  expect([answer.status, answer.text]).toEqual([403, expect.stringContaining("session.revoked")]);
});
