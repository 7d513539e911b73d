import type { Run } from "../../../runtime/companion/run";
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
