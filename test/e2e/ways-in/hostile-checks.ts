import { deepStrictEqual as equal, match, ok } from "node:assert";
import { Agent, request } from "node:https";
import fc from "fast-check";
import { arrivals } from "../gateway/call-checks";
import { wholeNumber } from "../../support/whole-number";
import type { Check, Suite } from "../harness/suite";
import type { DeskPod } from "./agent-checks";
import { DeskClient } from "./desk-client";
import { INBOUND_PORT } from "./pod";
import type { WaysInWorld } from "./ways-in-world";

const USERS = ["swap-ann", "swap-ben"] as const;
type User = (typeof USERS)[number];
/** The same in every run */
const SEED = 20_261_129;
const REQUESTS = wholeNumber("AMBIT_REQUESTS", { otherwise: 10_000, most: 1_000_000 });
/** Of a thousand requests, so many may break off on a busy machine: what became of them is then unknown. */
const LOST_OF_A_THOUSAND = 2;
const AT_ONCE = 16;
/** Handles that hostile code has kept */
const MOST_KEPT = 64;

const KEEP_EVERY = 16;
/** Callers send arbitrary headers of runs and traces. */
const FORGED = { "x-ambit-task": "work", traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01` };

/** What hostile code of the agent does with one request */
interface Move {
  readonly user: User;
  readonly kind: "baggage" | "handle" | "nothing" | "own";
  /** Which of the handles it has kept */
  readonly which: number;
  /** The author that the post claims */
  readonly author: User;
  /** Whether the caller goes on with its run, or begins another */
  readonly joins: boolean;
}

const move: fc.Arbitrary<Move> = fc.record({
  user: fc.constantFrom(...USERS),
  kind: fc.constantFrom("own", "baggage", "handle", "nothing"),
  which: fc.nat(MOST_KEPT - 1),
  author: fc.constantFrom(...USERS),
  joins: fc.boolean(),
});

/** What a hostile caller, hostile code of the agent and its neighbours try */
export function hostileChecks(suite: Suite, world: Check<WaysInWorld>, pod: Check<DeskPod>): void {
  suite.check(
    `ways in: two users at once never get each other's rights, in ${REQUESTS} requests with handles and headers swapped`,
    [world, pod],
    async ([at]) => {
      const connections = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
      const desk = new DeskClient(at, connections);
      const kept: { readonly handle: string; readonly user: User }[] = [];
      const references = {} as Record<User, string>;
      for (const user of USERS) {
        const seen = await desk.seen({ user });
        kept.push({ handle: handleIn(seen), user });
        references[user] = String(seen.answer.headers["ambit-run"]);
      }
      const moves = fc.sample(move, { numRuns: REQUESTS, seed: SEED });
      const wrong: unknown[] = [];
      let [passed, lost] = [0, 0];
      const made = async ({ user, kind, which, author, joins }: Move, index: number): Promise<void> => {
        const stolen = kept[which % kept.length] as (typeof kept)[number];
        const query = {
          own: "?by=ambit-run",
          baggage: "?by=baggage",
          handle: `?handle=${stolen.handle}`,
          nothing: "?by=nothing",
        };
        const headers = {
          ...FORGED,
          baggage: `ambit-run=${stolen.handle}`,
          ...(joins && { "ambit-run": references[user] }),
        };
        const { status, codes } = await desk.post({ user, headers }, query[kind], `${index} ${author}`, author);
        const whose = kind === "handle" ? stolen.user : user;
        const expected = kind === "nothing" ? "companion.no-handle" : author === whose ? undefined : "call.bound";
        if (status === 200) passed += 1;
        // What was kept for long is good no more.
        const isOver = kind === "handle" && codes[0] === "companion.no-run";
        if (codes[0] === "companion.unknown-outcome") lost += 1;
        else if (codes[0] !== expected && !isOver) wrong.push({ index, kind, status, codes, expected });
        if (index % KEEP_EVERY === 0) {
          const seen = await desk.seen({ user });
          kept[(index / KEEP_EVERY) % MOST_KEPT] = { handle: handleIn(seen), user };
        }
      };
      const arrived = await arrivals(at.gateway, async () => {
        for (let begun = 0; begun < moves.length; begun += AT_ONCE) {
          await Promise.all(moves.slice(begun, begun + AT_ONCE).map((each, index) => made(each, begun + index)));
        }
      });
      connections.destroy();
      equal(wrong.slice(0, 5), []);
      ok(
        arrived.length >= passed && arrived.length <= passed + lost,
        `${arrived.length} arrived, ${passed} were answered`,
      );
      ok(lost <= Math.ceil((REQUESTS * LOST_OF_A_THOUSAND) / 1_000), `${lost} requests broke off`);
      ok(passed > REQUESTS / 8, `${passed} calls went out`);
    },
  );

  suite.check(
    "ways in: a pod takes requests of the gateway alone",
    [world, pod],
    async ([
      at,
      {
        pod: { address },
      },
    ]) => {
      for (const name of ["payer", "stranger", undefined] as const) {
        match(await direct(at, address, name), /^(403|refused)/);
      }
    },
  );

  suite.check(
    "ways in: slow and endless requests are ended, and others go on meanwhile",
    [world, pod],
    async ([at, { desk }]) => {
      const endless = at.ask({
        path: "/streams/100000",
        evidence: at.evidence("tell", "endless-eli"),
        onPart: () => parts++ < 20,
      });
      let parts = 0;
      equal((await desk.chat({ user: "patient-pat" })).status, 200);
      equal((await endless).isWhole, false);
    },
  );
}

function handleIn({ headers }: { readonly headers: Readonly<Record<string, string>> }): string {
  return headers["ambit-run"] as string;
}

/** A neighbour asks the companion of a pod by itself. */
function direct(at: WaysInWorld, host: string, name: "payer" | "stranger" | undefined): Promise<string> {
  const agent = at.gateway.as(name ?? "payer");
  const told = {
    "x-ambit-way": "http",
    "x-ambit-task": "tell",
    "x-ambit-start": "user",
    "x-ambit-evidence": at.evidence("tell"),
    "x-forwarded-host": "clerk.agents.acme.example",
    "x-forwarded-proto": "https",
  };
  return new Promise((resolve) => {
    const sent = request({
      host,
      port: INBOUND_PORT,
      path: "/chat",
      headers: told,
      agent: false,
      ca: agent.bundle,
      checkServerIdentity: () => undefined,
      ...(name === undefined ? {} : { cert: agent.certificate, key: agent.key }),
    });
    sent.on("response", (response) => {
      response.resume();
      resolve(String(response.statusCode));
    });
    sent.on("error", (error) => resolve(`refused: ${error.message}`));
    sent.end();
  });
}
