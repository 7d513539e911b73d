import type { Load } from "./load";
import { absentText, gatewayText, mcpRows } from "./report";
import { ALLOW, AMBIT, ASK, DIRECT, ENVOY, failures, type GatewayResult, isAccepted, LARGE, LEVEL } from "./result";

const PEER = "ToolHive, thv run";

/** 1,000 answers in a second, each of which takes so many microseconds of the side's processors */
function load(cpuMicroseconds: number, failed = 0): Load {
  const times = { p50Milliseconds: 5, p99Milliseconds: 12.34 };
  return { answers: 1_000, failed, seconds: 1, cpuMicroseconds, byProcess: [cpuMicroseconds], ...times };
}

const loads = (...micros: readonly number[]): readonly Load[] => micros.map((micro) => load(micro));

const result: GatewayResult = {
  machine: "a machine",
  busy: 0,
  loads: {
    [DIRECT]: loads(0, 0, 0),
    [ENVOY]: loads(100, 100, 100),
    [ALLOW]: loads(400, 400, 400),
    [AMBIT]: loads(1_200, 800, 1_000),
    [LEVEL]: loads(2_000, 2_000, 2_000),
    [LARGE]: loads(1_200, 800, 1_000),
  },
  mcp: {
    loads: {
      [DIRECT]: loads(0, 0, 0),
      [ENVOY]: loads(100, 100, 100),
      [ALLOW]: loads(400, 500, 400),
      [AMBIT]: loads(1_200, 1_000, 1_600),
      [PEER]: [load(600), load(500, 2), load(300, 1)],
    },
    absent: [{ name: "ToolHive, vMCP", reason: "no binary is given" }],
  },
  open: { perSecond: 500, loads: { [ALLOW]: loads(400), [ASK]: loads(700), [AMBIT]: loads(1_000) } },
  longRun: { calls: 1_000, failed: 0, before: 100_000_000, after: 100_000_000 },
  dynamoDb: loads(30_000),
};

/** The result with another side of the MCP server */
function withMcp(name: string, side: readonly Load[]): GatewayResult {
  return { ...result, mcp: { ...result.mcp, loads: { ...result.mcp.loads, [name]: side } } };
}

test("of the MCP server, Ambit and its peers are compared with the chain that always allows, per round", () => {
  expect(mcpRows(result)).toEqual([
    [
      "the same ten-tool MCP server",
      "per second",
      "processor, a call",
      "p50, ms",
      "p99, ms",
      "failed",
      "over the one that always allows",
      "min to max",
    ],
    ["direct", "1,000", "0 µs", "5.0", "12.3", "0", "", ""],
    ["Envoy, pass through", "1,000", "100 µs", "5.0", "12.3", "0", "", ""],
    ["Envoy, an authorizer in Node that always allows", "1,000", "400 µs", "5.0", "12.3", "0", "", ""],
    ["Ambit, memory store", "1,000", "1,200 µs", "5.0", "12.3", "0", "3.00", "2.00 to 4.00"],
    ["ToolHive, thv run", "1,000", "500 µs", "5.0", "12.3", "3", "1.00", "0.75 to 1.50"],
  ]);
});

test("a peer without a row is named with its reason, in the text for the page too", () => {
  expect(absentText(result)).toBe("ToolHive, vMCP has no row: no binary is given.");
  expect(gatewayText(result)).toContain("\n\nToolHive, vMCP has no row: no binary is given.");
  expect(absentText({ ...result, mcp: { ...result.mcp, absent: [] } })).toBe("");
});

test("a call that fails on the way to the MCP server is one of ours, unless a peer failed it", () => {
  expect([failures(result), isAccepted(result)]).toEqual([0, true]);
  for (const side of [DIRECT, ENVOY, ALLOW, AMBIT]) {
    const failed = withMcp(side, [load(400, 1), load(400), load(400, 1)]);
    expect([failures(failed), isAccepted(failed)]).toEqual([2, false]);
  }
});
