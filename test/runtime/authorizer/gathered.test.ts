import { Gathered } from "../../../runtime/authorizer/gathered";

/** What was sent at once, each answered when it is told to */
function gathered(most: number, patienceMilliseconds = 60_000) {
  const sent: { questions: readonly number[]; answer: (fails?: boolean) => void }[] = [];
  const asking = new Gathered<string, number>({
    bytesOf: (question) => question.length,
    most,
    mostBytes: 12,
    patienceMilliseconds,
    late: () => new Error("late"),
    send: (questions) =>
      new Promise((resolve, reject) => {
        const answer = (fails = false) =>
          fails ? reject(new Error("gone")) : resolve(questions.map((one) => Number(one) * 2));
        sent.push({ questions: questions.map(Number), answer });
      }),
  });
  const ask = (question: number): Promise<number> => asking.ask(`${question}`);
  const asked = () => sent.map(({ questions }) => questions);
  return { ask, sent, asked };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const untilSent = async (sent: readonly unknown[], requests: number): Promise<void> => {
  while (sent.length < requests) await new Promise((resolve) => setTimeout(resolve, 1));
};

test("questions of one moment go together; those that come meanwhile wait for the answer, and go together too", async () => {
  const { ask, sent, asked } = gathered(3);
  const first = [1, 2].map(ask);
  await turn();
  expect(asked()).toEqual([[1, 2]]);
  sent[0]?.answer();
  expect(await Promise.all(first)).toEqual([2, 4]);
  const second = [3].map(ask);
  await untilSent(sent, 2);
  const third = [4, 5].map(ask);
  sent[1]?.answer();
  expect(await Promise.all(second)).toEqual([6]);
  await untilSent(sent, 3);
  expect(asked()).toEqual([[1, 2], [3], [4, 5]]);
  sent[2]?.answer();
  expect(await Promise.all(third)).toEqual([8, 10]);
});

describe("with a clock that stands still", () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ["performance", "setImmediate"] }));
  afterEach(() => jest.useRealTimers());

  test("a question waits a moment for others where the last request had three, and for none where it had two", async () => {
    const { ask, sent, asked } = gathered(4);
    const all = [1, 2, 0].map(ask);
    await turn();
    sent[0]?.answer();
    await Promise.all(all);
    all.push(ask(3));
    await turn();
    all.push(ask(4));
    await turn();
    expect(asked()).toEqual([[1, 2, 0]]);
    jest.advanceTimersByTime(3);
    await turn();
    sent[1]?.answer();
    await Promise.all(all);
    all.push(ask(5));
    await turn();
    sent[2]?.answer();
    await Promise.all(all);
    all.push(ask(6));
    await turn();
    expect(asked()).toEqual([[1, 2, 0], [3, 4], [5], [6]]);
    sent[3]?.answer();
    expect(await Promise.all(all)).toEqual([2, 4, 0, 6, 8, 10, 12]);
  });
});

test("beside an answer that is long in coming there is one more request, at once where it is full, and then none", async () => {
  const { ask, sent, asked } = gathered(2);
  const answers = [1].map(ask);
  await turn();
  answers.push(ask(2));
  await untilSent(sent, 2);
  expect(asked()).toEqual([[1], [2]]);
  answers.push(ask(3), ask(4), ask(5));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(asked()).toEqual([[1], [2]]);
  sent[0]?.answer();
  await untilSent(sent, 3);
  expect(asked()).toEqual([[1], [2], [3, 4]]);
  sent[1]?.answer();
  sent[2]?.answer();
  await untilSent(sent, 4);
  sent[3]?.answer();
  expect(await Promise.all(answers)).toEqual([2, 4, 6, 8, 10]);
});

test("fails for those in a request that fails, and for no others", async () => {
  const { ask, sent } = gathered(2);
  const [first, second, third] = [ask(1), ask(2), ask(3)];
  await turn();
  sent[0]?.answer(true);
  await expect(first).rejects.toThrow("gone");
  await expect(second).rejects.toThrow("gone");
  await untilSent(sent, 2);
  sent[1]?.answer();
  expect(await third).toBe(6);
});

test("what does not fit into one request goes in the next, and what alone is too long goes alone", async () => {
  const { ask, sent, asked } = gathered(10);
  const all = [1, 2, 1_000_001, 1_000_002, 10_000_000_000_000, 3].map(ask);
  for (let at = 0; at < 4; at += 1) {
    await untilSent(sent, at + 1);
    sent[at]?.answer();
  }
  await Promise.all(all);
  expect(asked()).toEqual([[1, 2, 1_000_001], [1_000_002], [10_000_000_000_000], [3]]);
});

test("fails for what waited too long: it is not asked at all", async () => {
  // By its own clock a busy machine could let all three wait too long.
  jest.useFakeTimers({ doNotFake: ["setImmediate"] });
  try {
    const { ask, sent } = gathered(1, 5);
    const [first, second, third] = [ask(1), ask(2), ask(3)];
    while (sent.length < 2) await turn();
    jest.advanceTimersByTime(20);
    sent[0]?.answer();
    sent[1]?.answer();
    await expect(third).rejects.toThrow("late");
    expect(await Promise.all([first, second])).toEqual([2, 4]);
    expect(sent).toHaveLength(2);
  } finally {
    jest.useRealTimers();
  }
});
