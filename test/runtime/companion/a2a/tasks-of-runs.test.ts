import { MOST_NAMES, TasksOfRuns } from "../../../../runtime/companion/a2a/tasks-of-runs";
import { Held } from "../../../../runtime/companion/a2a/held";
import { DelegateReferences } from "../../../../runtime/companion/a2a/references";
import type { Run } from "../../../../runtime/companion/run";

test("a task belongs to the run in whose answer it was told first", () => {
  const tasks = new TasksOfRuns();
  tasks.tell("run-1", ["task t", "context c"]);
  tasks.tell("run-2", ["task t"]);
  expect(() => tasks.check("run-1", ["task t", "context c"])).not.toThrow();
  expect(() => tasks.check("run-2", ["task t"])).toThrow("companion.other-task");
});

test.each<[string, readonly ("context t" | "task t" | "task u")[]]>([
  ["it is known of no run", ["task u"]],
  ["it is a context, and a task has its id", ["context t"]],
  ["one of several is known of no run", ["task t", "task u"]],
])("fails when %s", (_, names) => {
  const tasks = new TasksOfRuns();
  tasks.tell("run-1", ["task t"]);
  expect(() => tasks.check("run-1", names)).toThrow("companion.other-task");
});

test("beyond so many names the oldest belongs to no run any more", () => {
  const tasks = new TasksOfRuns();
  for (let index = 0; index <= MOST_NAMES; index += 1) tasks.tell("run-1", [`task ${index}`]);
  expect(() => tasks.check("run-1", ["task 0"])).toThrow("companion.other-task");
  expect(() => tasks.check("run-1", ["task 1"])).not.toThrow();
});

test("fails with companion.busy when more is held at one time than may be, until it is released", () => {
  const held = new Held(10);
  held.take(10);
  expect(() => held.take(1)).toThrow("companion.busy");
  held.release(1);
  expect(() => held.take(1)).not.toThrow();
});

describe("a reference of a delegate's run", () => {
  const [one, other] = [{}, {}] as unknown as readonly [Run, Run];

  test("is found by the task, of this run and this delegate alone", () => {
    const references = new DelegateReferences();
    references.keep(one, "payer.add", ["task t"], "run.tag");
    expect(references.of(one, "payer.add", ["task t"])).toBe("run.tag");
    expect(references.of(other, "payer.add", ["task t"])).toBeUndefined();
    expect(references.of(one, "payer.look", ["task t"])).toBeUndefined();
    expect(references.of(one, "payer.add", [])).toBeUndefined();
  });

  test("is the last that was told, as a run may have moved", () => {
    const references = new DelegateReferences();
    references.keep(one, "payer.add", ["task t"], "run.tag");
    references.keep(one, "payer.add", ["task t"], "run.moved");
    expect(references.of(one, "payer.add", ["task t"])).toBe("run.moved");
  });

  test("is none where tasks are of several runs", () => {
    const references = new DelegateReferences();
    references.keep(one, "payer.add", ["task t"], "run.tag");
    references.keep(one, "payer.add", ["task u"], "other.tag");
    expect(references.of(one, "payer.add", ["task t", "task u"])).toBeUndefined();
  });

  test("is forgotten beyond so many of one run, the oldest first", () => {
    const references = new DelegateReferences();
    for (let index = 0; index <= 1_024; index += 1) references.keep(one, "payer.add", [`task ${index}`], "run.tag");
    expect(references.of(one, "payer.add", ["task 0"])).toBeUndefined();
    expect(references.of(one, "payer.add", ["task 1024"])).toBe("run.tag");
  });
});
