import { ToldNames } from "../../../../runtime/companion/a2a/told-names";

const room = { take: () => undefined, release: () => undefined };

function told(type: string, parts: readonly string[], statusCode = 200): readonly string[] {
  const found: string[] = [];
  const names = new ToldNames({ headers: { "content-type": type }, statusCode }, room, (each) => found.push(...each));
  for (const part of parts) names.take(Buffer.from(part));
  names.end();
  return found;
}

const TASK = { id: "t", contextId: "c", status: { state: "TASK_STATE_WORKING" } };
const rpc = (result: unknown) => JSON.stringify({ jsonrpc: "2.0", id: 1, result });

test.each([
  ["a task", rpc(TASK), ["task t", "context c"]],
  ["a task that a message began", rpc({ task: TASK }), ["task t", "context c"]],
  ["a message of a context", rpc({ message: { messageId: "m", contextId: "c" } }), ["context c"]],
  ["a task without an envelope", JSON.stringify(TASK), ["task t", "context c"]],
  ["an id that is no task's", rpc({ id: "m", contextId: "c" }), []],
  ["an error", JSON.stringify({ jsonrpc: "2.0", id: 1, error: { code: -32_001, message: "none" } }), []],
  ["a list", "[]", []],
  ["no JSON", "task}", []],
  ["an id that no follow-up could name", rpc({ ...TASK, id: "a b" }), []],
])("an answer tells of %s", (_, text, names) => {
  expect(told("application/json", [text])).toEqual(names);
});

test("an answer in parts tells of it when it is whole", () => {
  const text = rpc({ task: TASK });
  expect(told("application/a2a+json", [text.slice(0, 30), text.slice(30)])).toEqual(["task t", "context c"]);
});

test("each event of a stream tells of its own, before the next comes", () => {
  const update = { statusUpdate: { taskId: "t", contextId: "c", status: {} } };
  const artifact = { artifactUpdate: { taskId: "u", contextId: "c" } };
  const parts = [`data: ${rpc(update)}\n\nda`, `ta: ${rpc(artifact)}\n`, "\n"];
  expect(told("text/event-stream; charset=utf-8", parts)).toEqual(["task t", "context c", "task u", "context c"]);
  expect(told("text/event-stream", parts.slice(0, 2))).toEqual(["task t", "context c"]);
});

test("a refusal tells of nothing", () => {
  expect(told("application/json", [rpc({ task: TASK })], 404)).toEqual([]);
});

test("what is larger than is read tells of nothing, and is no error", () => {
  const text = rpc({ task: { ...TASK, history: ["x".repeat(1_048_576)] } });
  expect(told("application/json", [text])).toEqual([]);
  expect(told("text/event-stream", [`data: ${text}\n\n`])).toEqual([]);
});

test("where no more may be held, nothing is told, and nothing is held any more", () => {
  let held = 0;
  const full = {
    take: (bytes: number) => {
      if (held + bytes > 2_048) throw new Error("full");
      held += bytes;
    },
    release: (bytes: number) => {
      held -= bytes;
    },
  };
  const found: string[] = [];
  const answer = { headers: { "content-type": "application/json" }, statusCode: 200 };
  const names = new ToldNames(answer, full, (each) => found.push(...each));
  names.take(Buffer.from(`{"a":"${"x".repeat(1_500)}`));
  names.take(Buffer.from(`${"x".repeat(1_500)}"}`));
  expect([found, held]).toEqual([[], 0]);
});
