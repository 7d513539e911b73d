import { NoticeFailure } from "../../../../runtime/exchange/notices/notice-failure";
import { NoticeQueue, PAUSES, QUEUE_LIMITS, type Sendable } from "../../../../runtime/exchange/notices/notice-queue";

const NOW = 1_000;

/** A queue whose sending a test lets go on or fail */
class Queued {
  public now = NOW;
  public readonly told: string[] = [];
  public readonly sending: { readonly id: string; done(): void; fail(error: unknown): void }[] = [];
  public readonly queue: NoticeQueue<Sendable>;
  /** Names of notices that are of use to no person any more */
  public readonly unwanted = new Set<string>();
  private heard: () => void = () => undefined;

  constructor(pauses: readonly number[] = []) {
    const tell = (line: string): void => {
      this.told.push(line);
      this.heard();
    };
    this.queue = new NoticeQueue<Sendable>(
      {
        send: ({ id }) => new Promise((done, fail) => void this.sending.push({ id, done, fail })),
        isWanted: async ({ id }) => !this.unwanted.has(id),
      },
      {
        dropped: ({ id }, attempts) => tell(`${id} dropped ${attempts}`),
        sent: ({ id }, attempts) => tell(`${id} sent ${attempts}`),
        delayed: ({ id }, { code }, attempts) => tell(`${id} delayed ${code} ${attempts}`),
        lost: ({ id }, code, _, attempts) => tell(`${id} lost ${code} ${attempts}`),
      },
      () => this.now,
      pauses,
    );
  }

  public add(id: string, change: Partial<Sendable> = {}): void {
    this.queue.add({ id, body: "x", until: NOW + 3_600, agent: id, ...change });
  }

  public async heardLines(count: number): Promise<readonly string[]> {
    while (this.told.length < count) await new Promise<void>((heard) => (this.heard = heard));
    return this.told;
  }
}

test("a queue that is full takes no more, and says so", () => {
  const queued = new Queued();
  const all = Array.from({ length: QUEUE_LIMITS.notices + 1 }, (_, index) => `n${index}`);
  all.forEach((id) => queued.add(id));
  expect(queued.told).toEqual([`n${QUEUE_LIMITS.notices} lost notice.full 0`]);
});

test("one agent has 16 notices wait at most, so that others are heard, and more once one of them has left", async () => {
  const queued = new Queued();
  for (let index = 0; index <= QUEUE_LIMITS.ofAgent; index += 1) queued.add(`n${index}`, { agent: "loud" });
  queued.add("other", { agent: "quiet" });
  expect(queued.told).toEqual([`n${QUEUE_LIMITS.ofAgent} lost notice.full 0`]);
  queued.sending[0]?.done();
  await queued.heardLines(2);
  queued.add("later", { agent: "loud" });
  expect(queued.told).toEqual([`n${QUEUE_LIMITS.ofAgent} lost notice.full 0`, "n0 sent 1"]);
});

test("a queue is full by bytes too, and takes more once something has left it", async () => {
  const queued = new Queued();
  queued.add("large", { body: "é".repeat(QUEUE_LIMITS.bytes / 2) });
  queued.add("more");
  queued.sending[0]?.done();
  await queued.heardLines(2);
  queued.add("later");
  expect(queued.told).toEqual(["more lost notice.full 0", "large sent 1"]);
  expect(queued.sending.map(({ id }) => id)).toEqual(["large", "later"]);
});

test("a few are sent at once, and the next when one is done", async () => {
  const queued = new Queued();
  ["a", "b", "c", "d", "e", "f"].forEach((id) => queued.add(id));
  expect(queued.sending.map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
  queued.sending[1]?.done();
  await queued.heardLines(1);
  await new Promise((next) => setImmediate(next));
  expect(queued.sending.map(({ id }) => id)).toEqual(["a", "b", "c", "d", "e"]);
});

test.each([
  ["no attempt is left", [], NOW + 3_600, "notice.late", "a lost notice.late 1"],
  ["the request would be over before the next attempt", [60_000], NOW + 30, "notice.late", "a lost notice.late 1"],
  ["the next attempt would end in the same way", [1], NOW + 3_600, "notice.gone", "a lost notice.gone 1"],
  ["there was a redirect", [1], NOW + 3_600, "notice.redirect", "a lost notice.redirect 1"],
] as const)("a notice is lost where %s", async (_, pauses, until, code, told) => {
  const queued = new Queued(pauses);
  queued.add("a", { until });
  queued.sending[0]?.fail(new NoticeFailure(code, "x"));
  expect(await queued.heardLines(1)).toEqual([told]);
});

test("a notice that pauses is dropped where it is not wanted any more, and makes room for the next", async () => {
  const queued = new Queued([1]);
  ["a", "b"].forEach((id) => queued.add(id));
  queued.unwanted.add("a");
  queued.sending.forEach(({ fail }) => fail(new NoticeFailure("notice.status", "x")));
  while (queued.told.length < 4) {
    queued.sending.slice(2).forEach(({ done }) => done());
    await new Promise((next) => setImmediate(next));
  }
  expect(queued.told).toEqual(["a delayed notice.status 1", "b delayed notice.status 1", "a dropped 1", "b sent 2"]);
  expect(queued.sending.map(({ id }) => id)).toEqual(["a", "b", "b"]);
});

test("the first attempt asks no store whether the notice is wanted", async () => {
  const queued = new Queued();
  queued.unwanted.add("a");
  queued.add("a");
  queued.sending[0]?.done();
  expect(await queued.heardLines(1)).toEqual(["a sent 1"]);
});

test("an error of another kind is a failure, and no crash", async () => {
  const queued = new Queued();
  queued.add("a");
  queued.sending[0]?.fail(new TypeError("x"));
  expect(await queued.heardLines(1)).toEqual(["a lost notice.failed 1"]);
});

test("when the exchange ends, notices under way are awaited, and the rest is logged as lost", async () => {
  const queued = new Queued([60_000]);
  ["a", "b", "c", "d", "e"].forEach((id) => queued.add(id));
  queued.sending[0]?.fail(new NoticeFailure("notice.status", "x"));
  await queued.heardLines(1);
  const closing = queued.queue.close();
  queued.add("late");
  queued.sending
    .slice(1)
    .forEach((one, index) => (index === 0 ? one.fail(new NoticeFailure("notice.status", "x")) : one.done()));
  await closing;
  expect(queued.told.filter((line) => !line.includes("sent"))).toEqual([
    "a delayed notice.status 1",
    "a lost notice.stopped 1",
    "late lost notice.stopped 0",
    "b lost notice.stopped 1",
  ]);
  expect(queued.told.filter((line) => line.includes("sent"))).toHaveLength(3);
});

test("the attempts end within 25 minutes", () => {
  expect(PAUSES.reduce((sum, pause) => sum + pause * 1.2, 0)).toBeLessThan(25 * 60_000);
});
