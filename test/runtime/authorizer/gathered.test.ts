import { Gathered } from "../../../runtime/authorizer/gathered";

/** What was sent at once, each answered when it is told to */
function gathered(most: number, patienceMilliseconds = 60_000) {
  const sent: { questions: readonly number[]; answer: (fails?: boolean) => void }[] = [];
  const asking = new Gathered<number, number>({
    most,
    mostBytes: 12,
    patienceMilliseconds,
    late: () => new Error("late"),
    send: (questions) =>
      new Promise((resolve, reject) => {
        const answer = (fails = false) =>
          fails ? reject(new Error("gone")) : resolve(questions.map((one) => one * 2));
        sent.push({ questions, answer });
      }),
  });
  return { asking, sent };
}

test("a question that comes alone is sent at once; those that come meanwhile go together", async () => {
  const { asking, sent } = gathered(3);
  const answers = [1, 2, 3, 4, 5, 6].map((question) => asking.ask(question));
  expect(sent.map(({ questions }) => questions)).toEqual([[1], [2]]);
  sent[0]?.answer();
  expect(await answers[0]).toBe(2);
  await Promise.resolve();
  expect(sent.map(({ questions }) => questions)).toEqual([[1], [2], [3, 4, 5]]);
  sent[1]?.answer();
  sent[2]?.answer();
  expect(await Promise.all(answers.slice(1, 5))).toEqual([4, 6, 8, 10]);
  await new Promise(setImmediate);
  sent[3]?.answer();
  expect(await answers[5]).toBe(12);
});

test("a request that fails, fails for those in it and for no others", async () => {
  const { asking, sent } = gathered(2);
  const [first, second] = [asking.ask(1), asking.ask(2)];
  sent[0]?.answer(true);
  sent[1]?.answer();
  await expect(first).rejects.toThrow("gone");
  expect(await second).toBe(4);
  const third = asking.ask(3);
  await new Promise(setImmediate);
  sent[2]?.answer();
  expect(await third).toBe(6);
});

test("what does not fit into one request goes in the next, and what alone is too long goes alone", async () => {
  const { asking, sent } = gathered(10);
  const asked = [1, 2, 1_000_001, 1_000_002, 10_000_000_000_000, 3].map((question) => asking.ask(question));
  for (let at = 0; at < 6; at += 1) {
    sent[at]?.answer();
    await new Promise(setImmediate);
  }
  await Promise.all(asked);
  expect(sent.map(({ questions }) => questions)).toEqual([
    [1],
    [2],
    [1_000_001],
    [1_000_002],
    [10_000_000_000_000],
    [3],
  ]);
});

test("fails for what waited too long: it is not asked at all", async () => {
  const { asking, sent } = gathered(1, 5);
  const [first, second, third] = [asking.ask(1), asking.ask(2), asking.ask(3)];
  await new Promise((resolve) => setTimeout(resolve, 20));
  sent[0]?.answer();
  sent[1]?.answer();
  await expect(third).rejects.toThrow("late");
  expect(await Promise.all([first, second])).toEqual([2, 4]);
  expect(sent).toHaveLength(2);
  expect(asking.isIdle).toBe(true);
});
