import { traceContextOf, traceContextsOf, traceparentOf } from "../../../runtime/telemetry/trace-context";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const GOOD = `00-${TRACE}-${SPAN}-01`;

test("a traceparent of version 00 is read, whether its trace is sampled or not", () => {
  expect(traceContextOf(GOOD)).toEqual({ traceId: TRACE, spanId: SPAN });
  expect(traceContextOf(`00-${TRACE}-${SPAN}-00`)).toEqual({ traceId: TRACE, spanId: SPAN });
});

test("what is written is read as the same", () => {
  const context = { traceId: TRACE, spanId: SPAN };
  expect(traceContextOf(traceparentOf(context))).toEqual(context);
});

test.each([
  ["nothing", undefined],
  ["null", null],
  ["an empty text", ""],
  ["a number", 7],
  ["an object that says it is one", { toString: () => GOOD, length: 55 }],
  ["a list of one", [GOOD]],
  ["version ff", `ff-${TRACE}-${SPAN}-01`],
  ["a later version", `01-${TRACE}-${SPAN}-01`],
  ["a later version with more behind it", `01-${TRACE}-${SPAN}-01-more`],
  ["upper case", GOOD.toUpperCase()],
  ["a trace of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
  ["a span of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
  ["a short trace", `00-${TRACE.slice(1)}-${SPAN}-01`],
  ["a space in front", ` ${GOOD.slice(1)}`],
  ["a line break behind", `${GOOD}\n`],
  ["a line break in place of the last character", `${GOOD.slice(0, -1)}\n`],
  ["64 KiB", GOOD.repeat(1_192)],
])("fails to be read where a traceparent is %s", (_, value) => {
  expect(traceContextOf(value)).toBeUndefined();
});

test("those of many requests are read in their order", () => {
  const other = GOOD.replace("b7", "a7");
  expect(traceContextsOf(`${GOOD},${other}`).map(({ spanId }) => spanId)).toEqual([SPAN, SPAN.replace("b7", "a7")]);
});

test.each([
  ["nothing", undefined],
  ["null", null],
  ["one that is odd", `${GOOD},${GOOD.slice(1)}x`],
  ["17 of them", Array(17).fill(GOOD).join()],
  ["one with a space", `${GOOD}, ${GOOD}`],
])("fails to be read where those of many requests are %s", (_, value) => {
  expect(traceContextsOf(value)).toEqual([]);
});
