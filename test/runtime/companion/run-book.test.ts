import type { Run } from "../../../runtime/companion/run";
import { MOST_HANDLES } from "../../../runtime/companion/inbound/handles";
import { MOST_RUNS, RunBook } from "../../../runtime/companion/run-book";

const FULL = { codes: ["companion.too-many-runs"] };
const begun = (id: string) => ({ run: { run: id, living: true } as Run });

/** Runs of which the exchange has answered nothing yet */
function beginning(book: RunBook, count: number) {
  const outcomes: { resolve: () => void; reject: () => void }[] = [];
  const runs = Array.from({ length: count }, (_, n) =>
    book.add(
      () =>
        new Promise<{ run: Run }>((resolve, reject) =>
          outcomes.push({ resolve: () => resolve(begun(`run-${n}`)), reject: () => reject(new Error("refused")) }),
        ),
    ),
  );
  return { runs, outcomes };
}

test("fails with companion.too-many-runs while those that are beginning would take the room", async () => {
  const book = new RunBook();
  const { runs, outcomes } = beginning(book, MOST_RUNS);
  const begin = jest.fn();
  await expect(book.add(begin)).rejects.toMatchObject(FULL);
  expect(begin).not.toHaveBeenCalled();
  for (const { resolve } of outcomes) resolve();
  await Promise.all(runs);
  await expect(book.add(begin)).rejects.toMatchObject(FULL);
});

test("what could not begin takes no room", async () => {
  const book = new RunBook();
  const { runs, outcomes } = beginning(book, MOST_RUNS);
  for (const { reject } of outcomes) reject();
  await Promise.allSettled(runs);
  await expect(book.add(() => Promise.resolve(begun("next")))).resolves.toEqual(begun("next"));
  expect(book.get("next")).toEqual(begun("next").run);
});

describe("of served runs, whose end no event reports,", () => {
  const served = (id: string, resting: boolean) => {
    const run = { run: id, sid: "s", task: "t", served: true, resting, living: true, end: () => undefined } as Run;
    return { run };
  };

  test("the oldest that rests gives its room, with its handles", async () => {
    const book = new RunBook();
    const handles: string[] = [];
    for (let n = 0; n < MOST_RUNS; n += 1) {
      const { run } = await book.add(() => Promise.resolve(served(`run-${n}`, n >= 2)));
      handles.push(book.handle(run));
    }
    await book.add(() => Promise.resolve(served("next", true)));
    expect(["run-1", "run-2", "run-3", "next"].map((id) => book.served(id)?.run)).toEqual([
      "run-1",
      undefined,
      "run-3",
      "next",
    ]);
    expect(() => book.get(handles[2] as string)).toThrow("companion.no-run");
    expect(book.get(handles[3] as string).run).toBe("run-3");
  });

  test("one that is over gives its room before the oldest that lives, and none that is over is kept for long", async () => {
    const book = new RunBook();
    const ended = jest.fn();
    const over = { run: { ...served("over", true).run, living: false, end: ended } as unknown as Run };
    await book.add(() => Promise.resolve(over));
    for (let n = 1; n < MOST_RUNS / 2; n += 1) await book.add(() => Promise.resolve(served(`run-${n}`, false)));
    expect(ended).toHaveBeenCalledTimes(1);
    await book.add(() => Promise.resolve(over));
    for (let n = MOST_RUNS / 2; n < MOST_RUNS; n += 1) await book.add(() => Promise.resolve(served(`run-${n}`, true)));
    expect(ended).toHaveBeenCalledTimes(2);
    await book.add(() => Promise.resolve(served("next", true)));
    expect(book.served("run-1")?.run).toBe("run-1");
  });

  test("fails with companion.too-many-runs where something is under way for all of them", async () => {
    const book = new RunBook();
    for (let n = 0; n < MOST_RUNS; n += 1) await book.add(() => Promise.resolve(served(`run-${n}`, false)));
    await expect(book.add(() => Promise.resolve(served("next", true)))).rejects.toMatchObject(FULL);
  });

  test("the oldest handle is good no more, where there are too many of one run", async () => {
    const book = new RunBook();
    const { run } = await book.add(() => Promise.resolve(served("run-1", true)));
    const handles = Array.from({ length: MOST_HANDLES + 1 }, () => book.handle(run));
    expect(new Set(handles).size).toBe(MOST_HANDLES + 1);
    expect(() => book.get(handles[0] as string)).toThrow("companion.no-run");
    for (const handle of handles.slice(1)) expect(book.get(handle)).toBe(run);
  });
});
