import { deepStrictEqual as equal, ok } from "node:assert";
import { setTimeout as after } from "node:timers/promises";
import { SERIAL_MOTO } from "../exchange/state-table";
import type { Check, Suite } from "../harness/suite";
import { motoPython, startMoto } from "../terraform/moto";
import { arrivals } from "./call-checks";
import type { GatewayWorld } from "./gateway-world";
import { StoreWorld, type TakeAway } from "./store-world";

const ACCOUNT = "111122223333";
/** Of a run of the task `work` (gateway-fleet.ts) */
const NOTES_PER_RUN = 20;
/** Of them under way at once: the store takes one request after another */
const LANES = 4;
const PAUSE_MILLISECONDS = 500;
/** Within what the exchange waits for DynamoDB */
const SLOW_MILLISECONDS = 1_000;
/** Beyond it */
const LATE_MILLISECONDS = 3_000;

const UNAVAILABLE = ["store.unavailable"] as const;
/** Where the machine is so busy that the exchange says it later than the authorizer waits */
const UNANSWERED = [...UNAVAILABLE, "gateway.exchange"] as const;

interface Fault {
  readonly name: string;
  readonly takeAway: TakeAway;
  /** One of which the call is refused with */
  readonly codes: readonly string[];
  /** Calls that are counted although they do not go out: their write arrives, and its answer does not */
  readonly charged: 0 | 1;
}

const FAULTS: readonly Fault[] = [
  { name: "is gone", takeAway: ({ proxy }) => proxy.goAway(), codes: UNAVAILABLE, charged: 0 },
  { name: "is stopped", takeAway: stopped, codes: UNANSWERED, charged: 0 },
  {
    name: "writes too late",
    takeAway: async (at) => at.delay(LATE_MILLISECONDS),
    codes: UNANSWERED,
    charged: 1,
  },
  {
    name: "writes and its answer is lost",
    takeAway: async (at) => at.fated(() => "lose-answer"),
    codes: UNAVAILABLE,
    charged: 1,
  },
];

/**
 * The store behind the exchange fails: no call goes out that is not written down, and calls go on by themselves. Afterwards the
 * exchange has its state there.
 */
/** Of a busy machine, whose store copies a whole table for each transaction */
const MOST_UNANSWERED = 60;

export function storeChecks(suite: Suite, world: Check<GatewayWorld>): void {
  const python = suite.check("moto is installed", [], () => motoPython());
  const stored = suite.check(
    "store: the exchange behind the gateway has its state in DynamoDB",
    [world, python],
    async ([at, program]) => {
      const moto = await startMoto(program, ACCOUNT, [SERIAL_MOTO]);
      suite.afterwards(() => moto.stop());
      return StoreWorld.start(suite, at, moto);
    },
  );

  for (const { name, takeAway, codes, charged } of FAULTS) {
    const counted = charged === 0 ? "is not counted" : "is counted once";
    suite.check(
      `store: fails while it ${name}, with a reason; the call ${counted}, and calls go on by themselves`,
      [stored],
      async ([at]) => {
        await at.recovered();
        const before = await at.spent();
        await refusedMeanwhile(at, takeAway, codes);
        await at.recovered();
        equal(await at.spent(), before + charged + 1);
      },
    );
  }

  suite.check("store: a call waits while it is slow, and goes out", [stored], async ([at]) => {
    const bring = at.delay(SLOW_MILLISECONDS);
    try {
      equal((await at.ask()).status, 200);
    } finally {
      bring();
    }
  });

  suite.check(
    "store: after all faults, the run's budget has room for exactly the calls that were not counted",
    [stored],
    async ([at]) => {
      const room = NOTES_PER_RUN - (await at.spent());
      let unanswered = 0;
      const asked = async (): Promise<Awaited<ReturnType<StoreWorld["ask"]>>> => {
        const answer = await at.ask();
        if (answer.status !== 503) return answer;
        // The store was slower than a call waits for it: what it uses up may be written all the same.
        unanswered += 1;
        ok(unanswered <= MOST_UNANSWERED, answer.text);
        await after(PAUSE_MILLISECONDS);
        return asked();
      };
      const lane = async () => {
        const answers = [];
        while (answers.length < NOTES_PER_RUN / LANES) answers.push(await asked());
        return answers;
      };
      const got = (await Promise.all(Array.from({ length: LANES }, lane))).flat();
      const refused = got.filter(({ status }) => status !== 200).map(({ status, codes }) => [status, ...codes]);
      equal(
        refused,
        refused.map(() => [403, "budget.spent"]),
      );
      const passed = got.length - refused.length;
      ok(
        passed <= room && passed >= room - unanswered,
        `${passed} passed, with room for ${room}, ${unanswered} unanswered`,
      );
      equal(await at.spent(), NOTES_PER_RUN);
    },
  );

  suite.check("store: fails where an empty store has taken its place", [stored], async ([at]) => {
    await at.emptied();
    await refusedMeanwhile(at, async () => () => undefined, ["store.restored"]);
  });
}

/** One call is refused with its reason, and does not reach the tool. */
async function refusedMeanwhile(at: StoreWorld, takeAway: TakeAway, possible: readonly string[]): Promise<void> {
  const bring = await takeAway(at);
  try {
    const arrived = await arrivals(at.gateway, async () => {
      const { status, codes, headers, text } = await at.ask();
      ok(codes.length === 1 && possible.includes(codes[0] as string), text);
      equal([status, Number(headers["retry-after"]) > 0], [503, true]);
    });
    equal(arrived, []);
  } finally {
    await bring();
  }
}

async function stopped({ moto: { pid } }: StoreWorld): Promise<() => void> {
  process.kill(-pid, "SIGSTOP");
  return () => void process.kill(-pid, "SIGCONT");
}
