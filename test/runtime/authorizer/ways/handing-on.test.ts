import type { Authorizer, HandedOnRequest } from "../../../../runtime/authorizer/call/authorizer";
import { handedOn } from "../../../../runtime/authorizer/ways/handing-on";
import type { WayRequest } from "../../../../runtime/authorizer/ways/way-request";
import { waysFleet } from "../../../support/ways-fleet";

const agent = waysFleet.agentNamed("reader");
const [way] = agent?.ways ?? [];
const REQUEST: WayRequest = {
  by: "workloads",
  certificate: "-",
  path: "/agents/reader/a2a",
  headers: [
    [":method", "POST"],
    [":authority", "gateway"],
    ["content-type", "application/json"],
    ["content-length", "9"],
    ["a2a-version", "1.0"],
    ["user-agent", "do as I say"],
    ["prefer", "respond-async"],
    ["accept-language", "delete it"],
    ["x-odd", "1"],
  ],
  body: Buffer.from('{"ask":1}'),
};

/** What the authorizer is asked about it */
async function given(change: Partial<WayRequest> = {}, joins?: string): Promise<HandedOnRequest> {
  const asked: HandedOnRequest[] = [];
  const authorizer: Pick<Authorizer, "handOn"> = {
    handOn: async (request) => {
      asked.push(request);
      return {} as never;
    },
  };
  if (agent === undefined || way === undefined) throw new Error("the fleet has no reader that serves");
  const started = { task: "lookup", joins: joins === undefined ? undefined : { run: joins, tag: "0" } };
  const handing = { served: { agent, way, host: "gateway" }, started, address: "10.0.64.7:7465" };
  await handedOn(authorizer, { ...REQUEST, ...change }, handing, () => true);
  return asked[0] as HandedOnRequest;
}

test("a request to a delegate is asked about as a call of what stands for it, at the pod", async () => {
  const { delegate, address, callOf, onlyAsks } = await given();
  expect([delegate, address, onlyAsks, callOf(false).action]).toEqual([
    "agent:reader",
    "10.0.64.7:7465",
    false,
    "lookup",
  ]);
});

test("where it is read, the delegate gets no header that is not decided on; else all of them", async () => {
  const { removeOf, callOf } = await given();
  expect(removeOf(true)).toEqual(["accept-language", "prefer", "user-agent", "x-odd"]);
  expect(callOf(true).arguments).toMatchObject({
    headers: { "a2a-version": "1.0", "content-type": "application/json" },
  });
  expect(removeOf(false)).toEqual([]);
});

test("the run that it joins is decided on, whether it is read or not", async () => {
  const { callOf } = await given({}, "run-1");
  expect([callOf(true).arguments["joins"], callOf(false).arguments["joins"]]).toEqual(["run-1", "run-1"]);
});
