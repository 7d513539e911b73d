import fc from "fast-check";
import type { Asked } from "../../../../runtime/authorizer/mcp/asked";
import { AwaitedAnswer } from "../../../../runtime/authorizer/mcp/awaited-answer";
import { KeptAnswers } from "../../../../runtime/authorizer/mcp/kept-answers";
import type { RpcId } from "../../../../runtime/authorizer/mcp/rpc";
import { depth } from "../../../support/depth";

interface Request {
  readonly owner: string;
  readonly session: string;
  readonly run: string;
  readonly id: RpcId;
  /** In characters */
  readonly length: number;
}

function awaited({ owner, session, run, id, length }: Request, revision = "2025-11-25"): AwaitedAnswer {
  const asked = { owner, session, revision, caller: { claims: { run } } } as unknown as Asked;
  return new AwaitedAnswer(asked, id, { result: (message) => message, length });
}

const ONE: Request = { owner: "clerk", session: "abc", run: "r", id: 1, length: 0 };

describe("of too many, the one that was kept first is dropped", () => {
  const kept = (count: number, owner: string, answers: KeptAnswers, length = 0) =>
    Array.from({ length: count }, (_, id) => {
      const answer = awaited({ ...ONE, owner, id, length });
      answers.saw(answer, `${owner}-${id}`);
      return () => answers.of({ ...ONE, owner }, `${owner}-${id}`) === answer && answers.take(answer, false);
    });

  test.each([
    ["256 are kept", 256, 0, 0],
    ["257 are one too many", 257, 0, 1],
    ["two of 512 KiB with their text are kept", 2, 260_096, 0],
    ["three of them are one too many", 3, 260_096, 1],
    ["one of more than 1 MiB is not kept", 1, 522_241, 1],
  ])("of one owner: %s, and another one's stays", (_, count, length, dropped) => {
    const answers = new KeptAnswers(() => 0);
    const [other] = kept(1, "other", answers);
    const passes = kept(count, "clerk", answers, length).map((take) => take());
    expect(passes).toEqual(Array.from({ length: count }, (__, index) => index >= dropped));
    expect(other?.()).toBe(true);
  });

  test.each([
    ["4,096 are kept", 16, 0],
    ["256 more are too many", 17, 256],
  ])("of all: %s", (_, owners, dropped) => {
    const answers = new KeptAnswers(() => 0);
    const all = Array.from({ length: owners }, (__, owner) => kept(256, `o${owner}`, answers)).flat();
    expect(all.map((take) => take()).lastIndexOf(false)).toBe(dropped - 1);
  });

  test("of events, the last 16 are known", () => {
    const answers = new KeptAnswers(() => 0);
    const answer = awaited(ONE);
    for (let each = 0; each < 17; each += 1) answers.saw(answer, `e-${each}`);
    expect([answers.of(ONE, "e-0"), answers.of(ONE, "e-1"), answers.of(ONE, "e-16")]).toEqual([
      undefined,
      answer,
      answer,
    ]);
  });
});

test.each([
  ["has no text", ""],
  ["has a blank", "e 1"],
  ["is no ASCII", "é"],
  ["has more than 512 characters", "e".repeat(513)],
])("fails for an event that %s", (_, event) => {
  const answers = new KeptAnswers(() => 0);
  answers.saw(awaited(ONE), event);
  expect(answers.of(ONE, event)).toBeUndefined();
});

test("fails in 2026-07-28, which has no such stream", () => {
  const answers = new KeptAnswers(() => 0);
  const answer = awaited(ONE, "2026-07-28");
  answers.saw(answer, "e-1");
  expect([answers.of(ONE, "e-1"), answers.take(answer, false), answers.take(answer, true)]).toEqual([
    undefined,
    false,
    true,
  ]);
});

test("what was dropped is not kept again, and its own stream still has it", () => {
  const answers = new KeptAnswers(() => 0);
  const answer = awaited(ONE);
  answers.saw(answer, "e-1");
  answers.end("clerk", "abc");
  answers.saw(answer, "e-2");
  expect([answers.of(ONE, "e-2"), answers.take(answer, false), answers.take(answer, true)]).toEqual([
    undefined,
    false,
    true,
  ]);
});

type Act =
  | { readonly act: "saw" | "take-own" | "take-other"; readonly which: number; readonly event: string }
  | { readonly act: "of"; readonly place: Request; readonly event: string }
  | { readonly act: "end"; readonly place: Request }
  | { readonly act: "wait"; readonly seconds: number };

interface Plain {
  readonly which: number;
  readonly request: Request;
  readonly until: number;
  readonly events: string[];
  isDoubtful: boolean;
}

/** The same with one list, gone through each time. It shares no code with what is tested. */
class PlainAnswers {
  private list: Plain[] = [];
  private readonly taken = new Set<number>();
  private readonly before = new Set<number>();

  constructor(private readonly requests: readonly Request[]) {}

  public play(act: Act, now: number): unknown {
    this.list = this.list.filter(({ until }) => now < until);
    switch (act.act) {
      case "saw":
        return this.saw(act.which, act.event, now);
      case "of": {
        const { owner, session, run } = act.place;
        const fits = this.list.filter(
          ({ request: of, events }) =>
            of.owner === owner && of.session === session && of.run === run && events.slice(-16).includes(act.event),
        );
        return fits.length === 1 ? fits[0]?.which : undefined;
      }
      case "take-own":
      case "take-other":
        return this.take(act.which, act.act === "take-own");
      case "end":
        this.list = this.list.filter(
          ({ request: { owner, session } }) => owner !== act.place.owner || session !== act.place.session,
        );
        return undefined;
      default:
        return undefined;
    }
  }

  private saw(which: number, event: string, now: number): void {
    const request = this.requests[which];
    if (request === undefined || this.taken.has(which)) return;
    if (!this.before.has(which)) {
      this.before.add(which);
      const { owner, session, id } = request;
      const same = this.list.find(
        ({ request: of }) => of.owner === owner && of.session === session && Object.is(of.id, id),
      );
      if (same !== undefined) same.isDoubtful = true;
      else this.list.push({ which, request, until: now + 600, events: [], isDoubtful: false });
      this.bound(owner, 1_048_576);
      this.bound(undefined, 16_777_216);
    }
    const events = this.list.find((each) => each.which === which)?.events;
    if (events?.includes(event) === true) events.splice(events.indexOf(event), 1);
    events?.push(event);
  }

  private take(which: number, isOwn: boolean): boolean {
    const kept = this.list.find((each) => each.which === which);
    const may = !this.taken.has(which) && (isOwn || kept?.isDoubtful === false);
    if (!may) return false;
    this.taken.add(which);
    this.list = this.list.filter((each) => each !== kept || kept.isDoubtful);
    return true;
  }

  private bound(owner: string | undefined, most: number): void {
    const counted = () => this.list.filter(({ request }) => owner === undefined || request.owner === owner);
    while (counted().reduce((sum, { request }) => sum + 4_096 + 2 * request.length, 0) > most) {
      const [first] = counted();
      this.list = this.list.filter((each) => each !== first);
    }
  }
}

const owners = Array.from({ length: 20 }, (_, index) => `o${index}`);
const request: fc.Arbitrary<Request> = fc.record({
  owner: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("clerk", "other") },
    { weight: 1, arbitrary: fc.constantFrom(...owners) },
  ),
  session: fc.constantFrom("abc", "abc", "def"),
  run: fc.constantFrom("r", "r", "s"),
  id: fc.constantFrom<RpcId>(1, "1", 2, 3, 4, 5, 6, 7),
  length: fc.constantFrom(0, 1_000, 260_096, 520_000),
});
const which = fc.nat(49);
const event = fc.constantFrom(...Array.from({ length: 18 }, (_, index) => `e-${index}`));
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ act: fc.constant("saw" as const), which, event }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant("of" as const), place: request, event }) },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constantFrom("take-own" as const, "take-other" as const), which, event }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("end" as const), place: request }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("wait" as const), seconds: fc.constantFrom(1, 299, 600) }) },
);

test("what passes is what passes by a plain list, in any order of what happens", () => {
  const reached = { found: 0, other: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.array(request, { minLength: 50, maxLength: 50 }),
      fc.array(act, { minLength: 40, maxLength: 160, size: "max" }),
      (requests, acts) => {
        let now = 1_800_000_000;
        const answers = new KeptAnswers(() => now);
        const plain = new PlainAnswers(requests);
        const awaiting = requests.map((each) => awaited(each));
        const played = (each: Act): unknown => {
          if (each.act === "wait") return void (now += each.seconds);
          if (each.act === "end") return answers.end(each.place.owner, each.place.session);
          if (each.act === "of") {
            const found = answers.of(each.place, each.event);
            return found === undefined ? undefined : awaiting.indexOf(found);
          }
          const answer = awaiting[each.which] as AwaitedAnswer;
          if (each.act === "saw") return answers.saw(answer, each.event);
          return answers.take(answer, each.act === "take-own");
        };
        for (const each of acts) {
          const got = played(each);
          const expected = plain.play(each, now);
          if (got !== expected) throw new Error(`${JSON.stringify(each)}: ${String(got)}, not ${String(expected)}`);
          if (each.act === "of" && got !== undefined) reached.found += 1;
          if (each.act === "take-other") reached[got === true ? "other" : "refused"] += 1;
        }
      },
    ),
    { numRuns: depth(5_000) },
  );
  expect(Object.entries(reached).filter(([, times]) => times < 20)).toEqual([]);
});
