import { EventEmitter } from "node:events";
import {
  type AnswerReader,
  type BodySight,
  MOST_WHOLE_BYTES,
} from "../../../../runtime/authorizer/answer/answer-reader";
import { Denial } from "../../../../runtime/authorizer/denial";
import { CALL_KEY } from "../../../../runtime/authorizer/envoy/call-id";
import { Processing, type ProcessingProps, serveProcessing } from "../../../../runtime/authorizer/envoy/processing";
import type { ProcessingRequest, ProcessingResponse } from "../../../../runtime/authorizer/envoy/protocol";
import { NOTHING_OPEN } from "../../../support/nothing-open";

const reader = (sight: BodySight, change: Partial<AnswerReader> = {}): AnswerReader => ({
  head: () => sight,
  whole: () => undefined,
  part: () => undefined,
  outcome: () => "unknown",
  ...change,
});

const head = (headers: Record<string, string> = {}, isLast = false, call = "id-1"): ProcessingRequest => ({
  response_headers: {
    headers: {
      headers: Object.entries({ ":status": "200", ...headers }).map(([key, value]) => ({
        key,
        raw_value: Buffer.from(value),
      })),
    },
    end_of_stream: isLast,
  },
  metadata_context: {
    filter_metadata:
      call === "" ? {} : { "envoy.filters.http.ext_authz": { fields: { [CALL_KEY]: { stringValue: call } } } },
  },
});

const body = (text: string, isLast: boolean): ProcessingRequest => ({
  response_body: { body: Buffer.from(text), end_of_stream: isLast },
  metadata_context: null,
});

/** What an answer of one call becomes, and what is told of it */
function processing(answer: AnswerReader | undefined, open: ProcessingProps["open"] = NOTHING_OPEN) {
  const told: string[] = [];
  const find = (id: string) => (id === "id-1" ? { answer } : undefined);
  const refused = (id: string, { codes }: Denial): void => void told.push(`${id} ${codes.join()}`);
  return { told, answered: new Processing({ find, refused, open }) };
}

function refusalIn(processed: ReturnType<Processing["take"]>) {
  const { response, isLast } = processed;
  if (!("immediate_response" in response)) throw new Error("it passed");
  const { status, body: text } = response.immediate_response;
  return { status: status.code, isLast, ...(JSON.parse(text.toString()) as object) };
}

test.each([
  // Trailers are asked for in place of a body that is not to be seen, so that its answer can be cut.
  ["none", { response_body_mode: 0, response_trailer_mode: 1 }, {}],
  ["parts", { response_body_mode: 1 }, { header_mutation: { remove_headers: ["content-length"] } }],
  ["whole", { response_body_mode: 2 }, { header_mutation: { remove_headers: ["content-length"] } }],
] as const)("a reader that must see %s of the body is shown it, and the answer can be cut", (sight, mode, response) => {
  expect(processing(reader(sight)).answered.take(head())).toEqual({
    response: { response_headers: { response }, mode_override: { response_header_mode: 1, ...mode } },
    isLast: false,
  });
});

test("an answer whose status tells how the call ended can be cut too", () => {
  expect(processing(undefined).answered.take(head())).toMatchObject({
    response: { mode_override: { response_body_mode: 0, response_trailer_mode: 1 } },
    isLast: false,
  });
});

test("an answer without a body, and one of the gateway itself, is not kept open", () => {
  expect(processing(reader("none")).answered.take(head({}, true)).isLast).toBe(true);
  expect(processing(undefined).answered.take(head({}, false, "")).isLast).toBe(true);
});

test("the reader gets status and headers, and each part until the last", () => {
  const seen: unknown[] = [];
  const { answered } = processing(
    reader("parts", {
      head: ({ status, headers }) => (seen.push(status, headers), "parts"),
      part: (part, isLast) => (seen.push(Buffer.from(part).toString(), isLast), isLast ? Buffer.from("!") : undefined),
    }),
  );
  const heads = answered.take(head({ "Content-Type": "text/event-stream" }));
  const first = answered.take(body("a", false));
  const last = answered.take(body("b", true));
  expect(seen).toEqual([
    200,
    [
      [":status", "200"],
      ["content-type", "text/event-stream"],
    ],
    ...["a", false],
    ...["b", true],
  ]);
  expect([heads.isLast, first.isLast, last.isLast]).toEqual([false, false, true]);
  expect(first.response).toEqual({ response_body: { response: {} } });
  expect(last.response).toEqual({ response_body: { response: { body_mutation: { body: Buffer.from("!") } } } });
});

test("what the gateway answers by itself passes", () => {
  expect(processing(reader("whole")).answered.take(head({}, false, "")).isLast).toBe(true);
});

test.each([
  ["a call that is not known", head({}, false, "id-2"), "the call is not known to the authorizer"],
  ["a body before its headers", body("a", true), "Envoy shows a body before its headers"],
  [
    "an encoded answer",
    head({ "content-encoding": "gzip" }),
    "the tool's answer has the content-encoding gzip, which was not asked for",
  ],
  [
    "an answer that is too long",
    head({ "content-length": `${MOST_WHOLE_BYTES + 1}` }),
    "the tool's answer has 1048577 bytes, and at most 1048576 are read",
  ],
] as const)("fails for %s: the agent does not get it", (_, request, what) => {
  const { answered, told } = processing(reader("whole"));
  expect(refusalIn(answered.take(request))).toMatchObject({
    status: 503,
    isLast: true,
    reasons: [
      { code: "gateway.answer", what, fix: "look at the tool before calling it again: the call may have taken effect" },
    ],
  });
  expect(told).toHaveLength(1);
});

test.each([
  ["a Denial", Denial.of("call.body", "not this"), 400, "call.body"],
  ["anything else", new TypeError("x is undefined"), 503, "gateway.answer"],
])("fails where the reader throws %s, at its head and in its body", (_, error, status, code) => {
  const fail = (): never => {
    throw error;
  };
  const atHead = processing(reader("whole", { head: fail }));
  expect(refusalIn(atHead.answered.take(head()))).toMatchObject({ status, reasons: [{ code }], decision_id: "id-1" });
  const inBody = processing(reader("whole", { whole: fail }));
  inBody.answered.take(head());
  expect(refusalIn(inBody.answered.take(body("a", true)))).toMatchObject({ status, reasons: [{ code }] });
  expect([...atHead.told, ...inBody.told]).toEqual([`id-1 ${code}`, `id-1 ${code}`]);
});

test("fails where a body is to be put into an answer that has none; the reader hears that there is none", () => {
  const { answered } = processing(reader("whole", { whole: (bytes) => Buffer.from(`${bytes.length}`) }));
  expect(refusalIn(answered.take(head({}, true)))).toMatchObject({
    reasons: [{ what: "the tool's answer has no body, and one was to be read" }],
  });
  expect(processing(reader("parts")).answered.take(head({}, true)).isLast).toBe(true);
});

const CUT = Denial.of("call.cut");

test("fails where the call was cut before its answer began, with a code of its own", () => {
  const { told, answered } = processing(reader("parts"), { ...NOTHING_OPEN, cutOf: () => CUT });
  expect(refusalIn(answered.take(head()))).toMatchObject({
    status: 403,
    isLast: true,
    reasons: [{ code: "call.cut" }],
    decision_id: "id-1",
  });
  // It was told when it was cut.
  expect(told).toEqual([]);
});

/** One answer as Envoy shows it, and what cuts it */
function served(sight: BodySight) {
  const stream = Object.assign(new EventEmitter(), {
    written: [] as ProcessingResponse[],
    ends: 0,
    write: (response: ProcessingResponse) => void stream.written.push(response),
    end: () => void (stream.ends += 1),
  });
  let cut: ((because: Denial) => void) | undefined;
  const left = jest.fn(() => void (cut = undefined));
  const open = { cutOf: () => undefined, answering: (_: string, by: typeof cut) => ((cut = by), left) };
  serveProcessing(stream as never, { find: () => ({ answer: reader(sight) }), refused: () => undefined, open });
  return { stream, left, cut: () => cut?.(CUT) };
}

test.each(["none", "parts", "whole"] as const)("an answer whose body is seen as %s is cut while it passes", (sight) => {
  const { stream, cut, left } = served(sight);
  stream.emit("data", head());
  cut();
  expect(stream.written.map((response) => Object.keys(response)[0])).toEqual([
    "response_headers",
    "immediate_response",
  ]);
  stream.emit("data", body("more", false));
  stream.emit("end");
  expect([stream.written.length, stream.ends, left.mock.calls.length > 0]).toEqual([2, 1, true]);
});

test.each(["end", "cancelled", "error"])("an answer that is over by %s is not cut any more", (event) => {
  const { stream, cut } = served("parts");
  stream.emit("data", head());
  stream.emit(event);
  cut();
  expect(stream.written).toHaveLength(1);
});
