import { ReadCache } from "../../../review/read/folder/folder";
import { estateOf, type Files } from "../../support/review/folders";

const json = (value: unknown): string => JSON.stringify(value);

const queue = (values: object): string => json({ resource: { aws_sqs_queue: { q: values } } });

/** Two states of a folder, read one after the other */
function read(base: Files, head: Files) {
  const once = new ReadCache();
  return [estateOf(base, once), estateOf(head, once)] as const;
}

test("what two folders hold alike is one value, wherever it lies", () => {
  const [base, head] = read(
    { "one/a.tf.json": queue({ name: "jobs", tags: { team: "a" } }), "ambit/registry.json": json({ agents: {} }) },
    { "two/b.tf.json": queue({ name: "jobs", tags: { team: "a" } }), "ambit/registry.json": json({ agents: {} }) },
  );
  expect(head.registry).toBe(base.registry);
  expect(head.at("two/aws_sqs_queue.q")?.values).toBe(base.at("one/aws_sqs_queue.q")?.values);
});

test("a file of the same name that holds something else is another value", () => {
  const [base, head] = read(
    { "a.tf.json": queue({ name: "jobs" }), "ambit/registry.json": json({ agents: {} }) },
    { "a.tf.json": queue({ name: "mail" }), "ambit/registry.json": json({ agents: { a: {} } }) },
  );
  expect(base.at("root/aws_sqs_queue.q")?.values).toEqual({ name: "jobs" });
  expect(head.at("root/aws_sqs_queue.q")?.values).toEqual({ name: "mail" });
  expect(head.registry).not.toBe(base.registry);
});

test("what a file refers to is of its own folder, though both hold the file", () => {
  const stack = queue({ name: "${local.name}", tags: { all: "${local.tags}" } });
  const [base, head] = read(
    { "a.tf.json": stack, "b.tf.json": json({ locals: { name: "jobs", tags: "x" } }) },
    { "a.tf.json": stack, "b.tf.json": json({ locals: { name: "mail", tags: "y" } }) },
  );
  expect(base.at("root/aws_sqs_queue.q")?.values).toEqual({ name: "jobs", tags: { all: "x" } });
  expect(head.at("root/aws_sqs_queue.q")?.values).toEqual({ name: "mail", tags: { all: "y" } });
});

test("what a plan adds to a file is of its own folder, though both hold the file", () => {
  const stack = json({ resource: { aws_sqs_queue: { q: {} }, probe: { it: { value: "${aws_sqs_queue.q.arn}/*" } } } });
  const files = (arn: string): Files => ({
    "a.tf.json": stack,
    "plan.json": json({
      format_version: "1.2",
      resource_changes: [
        { address: "aws_sqs_queue.q", change: { actions: ["create"], before: null, after: { arn } } },
        { address: "probe.it", change: { actions: ["create"], before: null, after: { value: `${arn}/*` } } },
      ],
    }),
  });
  const [base, head] = read(files("one"), files("other"));
  expect(base.at("root/probe.it")?.values).toEqual({ value: "one/*" });
  expect(head.at("root/probe.it")?.values).toEqual({ value: "other/*" });
});

test("a file whose bytes are read in two ways is read in each", () => {
  const once = new ReadCache();
  expect(once.of("length", "d1", () => 1)).toBe(1);
  expect(once.of("text", "d1", () => "a")).toBe("a");
  expect(once.of("length", "d1", () => 2)).toBe(1);
  expect(once.of("length", "d2", () => 2)).toBe(2);
});

test("fails for each folder that holds a malformed file, with its name there", () => {
  const once = new ReadCache();
  expect(() => estateOf({ "a.tf.json": '{"a": 1, "a": 2}' }, once)).toThrow(/a\.tf\.json.*is written twice/);
  expect(() => estateOf({ "b/c.tf.json": '{"a": 1, "a": 2}' }, once)).toThrow(/b\/c\.tf\.json.*is written twice/);
});
