import { headerOf } from "../../../support/companion/fake-gateway";
import { codesOf } from "../../../support/companion/running";
import { Serving } from "../../../support/companion/serving";
import { BY_TASK } from "../../../support/companion/to-tools";
import { depth, DRAW_SEED } from "../../../support/depth";
import { seeded } from "../../../support/seeded";

const USERS = ["a", "b", "c"] as const;
const CLIENTS = 6;

let serving: Serving;
beforeEach(async () => {
  serving = new Serving();
  for (const user of USERS) serving.running.exchange.sids.set(user, `session-${user}`);
  await serving.start();
});
afterEach(() => serving.close());

/** What an agent's code may carry along, rightly or not */
const CARRIES = [
  (handle: string) => ({ path: BY_TASK, headers: { "ambit-run": handle } }),
  (handle: string) => ({ path: BY_TASK, headers: { baggage: `a=b,ambit-run=${handle}` } }),
  (handle: string) => ({ path: `/v1/runs/${handle}/tools/zendesk`, headers: {} }),
];

/** A handle that a request came with */
interface Known {
  readonly handle: string;
  readonly user: string;
  /** Of its run: it is told to end before it is over */
  state: "lives" | "ends" | "over";
}

test("requests of users that are served at once never mix, with any handles on their calls", async () => {
  const draw = seeded(DRAW_SEED);
  const pick = <T>(all: readonly T[]): T => all[draw(all.length)] as T;
  const known: Known[] = [];
  const outcomes = { own: 0, refused: 0 };
  const problems: unknown[] = [];
  let calls = 0;

  /** @returns whose session the call was let through for, or why it was not */
  const call = async (path: string, headers: Record<string, string>): Promise<string> => {
    const rest = `/${(calls += 1)}`;
    const answer = await serving.to.ask(`${path}${rest}`, { headers }).catch(() => undefined);
    // A call that is under way ends with its run.
    if (answer === undefined) return "cut";
    if (answer.status !== 200) return codesOf(answer).join();
    const arrived = serving.to.gateway.arrived.find(({ target }) => target.endsWith(rest));
    const [token = ""] = arrived === undefined ? [] : headerOf(arrived, "authorization");
    return serving.running.exchange.sessions.get(token.replace("Bearer ", "")) ?? "no session";
  };
  const expectCall = (found: string, ...expected: readonly string[]): void => {
    if (!expected.includes(found)) problems.push({ found, expected });
    if (found.startsWith("session-")) outcomes.own += 1;
    else outcomes.refused += 1;
  };
  /** With one handle: its own session, or none where its run was ended meanwhile */
  const callBy = async (one: Known): Promise<void> => {
    const { handle, user, state } = one;
    const { path, headers } = pick(CARRIES)(handle);
    const found = await call(path, headers as Record<string, string>);
    const live = state === "over" ? [] : [`session-${user}`];
    expectCall(found, ...live, ...(one.state === "lives" ? [] : ["companion.no-run", "cut"]));
  };

  const work = async (own: Known): Promise<void> => {
    for (let turns = 1 + draw(3); turns > 0; turns -= 1) {
      const other = pick(known);
      await callBy(own);
      await callBy(other);
      const stranger = pick([`run-${1 + draw(60)}`, own.handle.slice(1), `${own.handle}A`]);
      const { path, headers } = pick(CARRIES)(stranger);
      expectCall(await call(path, headers as Record<string, string>), "companion.no-run");
      if (own.user === other.user) continue;
      const swapped = { "ambit-run": own.handle, baggage: `ambit-run=${other.handle}` };
      expectCall(await call(BY_TASK, swapped), "companion.other-run", "companion.no-run");
    }
  };

  serving.does = (incoming, outgoing) => {
    const { "ambit-run": handle, "x-user": user } = incoming.headers as Record<string, string>;
    const own = { handle: String(handle), user: String(user), state: "lives" as const };
    known.push(own);
    void work(own).then(
      () => outgoing.end(own.user),
      (error: unknown) => outgoing.end(String(error)),
    );
  };

  const waiting = Array.from({ length: depth(300, 60) }, () => pick(USERS));
  const all = waiting.length;
  const client = async (): Promise<void> => {
    for (let user = waiting.pop(); user !== undefined; user = waiting.pop()) {
      const answer = await serving.ask("/chat", { headers: { ...serving.said(user), "x-user": user } });
      if (answer.text !== user) problems.push({ user, answer: answer.text });
      // A run that ends breaks its answer off, so one that was answered ends here, while others may call by its handle.
      const ending = known.find(({ handle, state }) => done.has(handle) && state === "lives");
      if (draw(3) > 0 || ending === undefined) continue;
      ending.state = "ends";
      await serving.running.ask(`/v1/runs/${ending.handle}`, { method: "DELETE" });
      ending.state = "over";
    }
  };
  const done = new Set<string>();
  const does = serving.does;
  serving.does = (incoming, outgoing) => {
    outgoing.on("close", () => done.add(incoming.headers["ambit-run"] as string));
    does(incoming, outgoing);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  expect(problems).toEqual([]);
  expect(outcomes.own).toBeGreaterThan(all);
  expect(outcomes.refused).toBeGreaterThan(all);
  expect(known.some(({ state }) => state === "over")).toBe(true);
});
