import { valuesOf } from "../../../runtime/companion/tools/headers";
import { Serving } from "../../support/companion/serving";
import { BY_TASK } from "../../support/companion/to-tools";
import { Collector } from "../../support/telemetry/collector";

const OURS = `00-${"b".repeat(32)}-${"1".repeat(16)}-01`;
const THEIRS = `00-${"c".repeat(32)}-${"2".repeat(16)}-01`;
const OTHERS = `00-${"d".repeat(32)}-${"3".repeat(16)}-01`;

let serving: Serving;
let collector: Collector;
beforeEach(() => {
  serving = new Serving();
  collector = new Collector();
});
afterEach(async () => {
  await serving.close();
  await collector.close();
});

const start = async (): Promise<Serving> => serving.start({}, { telemetry: { collector: await collector.listen() } });

/** A request of the gateway, whose agent calls a tool while it is answered */
async function servedWithCall(headers: Readonly<Record<string, string | string[]>>): Promise<void> {
  serving.does = (incoming, outgoing) => {
    incoming.resume();
    const own = {
      "ambit-run": valuesOf(Object.entries(incoming.headers).flat() as string[], "ambit-run")[0] as string,
    };
    void serving.to
      .ask(BY_TASK, { headers: { ...own, traceparent: OTHERS, "ambit-trace": OTHERS } })
      .then(() => outgoing.end("done"));
  };
  await serving.ask("/chat", { headers: { ...serving.said(), ...headers } });
  await serving.running.drain();
}

test("a request that is served goes on with the gateway's trace, and the caller's is linked", async () => {
  await start();
  await servedWithCall({ "ambit-trace": OURS, traceparent: THEIRS });
  const served = collector.named("invoke_agent");
  expect([served.traceId, served.parentSpanId]).toEqual(["b".repeat(32), "1".repeat(16)]);
  expect(served.links).toEqual([`${"c".repeat(32)}-${"2".repeat(16)}`]);
});

test("the agent gets a trace that is neither the platform's nor the caller's", async () => {
  await start();
  await servedWithCall({ "ambit-trace": OURS, traceparent: THEIRS });
  const [got] = serving.got;
  const [traceparent = ""] = valuesOf(got?.raw ?? [], "traceparent");
  expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect([OURS, THEIRS].map((each) => each.slice(3, 35))).not.toContain(traceparent.slice(3, 35));
  expect(valuesOf(got?.raw ?? [], "ambit-trace")).toEqual([]);
});

test("what the agent says of the platform's trace is taken out, and its own is linked", async () => {
  await start();
  await servedWithCall({ "ambit-trace": OURS });
  const call = collector.named("call");
  const [arrived] = serving.to.gateway.arrived;
  expect(valuesOf(arrived?.raw ?? [], "ambit-trace")).toEqual([`00-${call.traceId}-${call.spanId}-01`]);
  expect(call.traceId).not.toBe("d".repeat(32));
  expect(call.links).toEqual([`${"d".repeat(32)}-${"3".repeat(16)}`]);
});

test("the exchange is asked with the trace of what asks", async () => {
  await start();
  await servedWithCall({ "ambit-trace": OURS });
  const [begun] = serving.running.exchange.to("/token");
  expect(begun?.trace).toMatch(new RegExp(`^00-(?:${"b".repeat(32)}|${collector.named("call").traceId})-`));
});

test("fails to go on with two traces of the gateway", async () => {
  await start();
  await servedWithCall({ "ambit-trace": [OURS, OTHERS] });
  expect(collector.named("invoke_agent").parentSpanId).toBeUndefined();
});

test("nothing is told of a trace where nothing is measured", async () => {
  await serving.start();
  await servedWithCall({ "ambit-trace": OURS });
  const [arrived] = serving.to.gateway.arrived;
  expect(valuesOf(arrived?.raw ?? [], "ambit-trace")).toEqual([]);
  expect(serving.running.exchange.received.map(({ trace }) => trace)).not.toContainEqual(expect.anything());
});
