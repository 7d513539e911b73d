import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "../../../../runtime/session/revocations";
import { TRIAGE } from "../../../support/exchange/served-exchange";
import { type Asked, WAYS } from "../../../support/exchange/stop-ways";
import { StopWorld, type Work } from "../../../support/exchange/stop-world";

/** What comes of a request after something was stopped: `given`, or the codes that refuse it */
interface Row {
  readonly request: string;
  readonly by: "delegate" | "itself";
  readonly stopped: Readonly<Record<string, string>>;
}

const { rows } = JSON.parse(readFileSync(join(__dirname, "../../../cases/exchange/stops.json"), "utf8")) as {
  readonly rows: readonly Row[];
};
const world = new StopWorld();

beforeAll(() => world.begin());
afterAll(() => world.close());

/** By the column's name: what is ordered stopped, of work and a request of it */
const STOPS: Readonly<Record<string, (work: Work, asked: Asked) => readonly Target[]>> = {
  nothing: () => [],
  agent: ({ agent }) => [{ kind: "agent", id: agent }],
  delegator: () => [{ kind: "agent", id: TRIAGE }],
  user: ({ user }) => [{ kind: "user", user: { issuer: world.issuers.userIssuer, subject: user } }],
  session: ({ first }) => [{ kind: "session", id: first.claims.sid }],
  "delegator's session": ({ parent }) => [{ kind: "session", id: parent?.claims.sid ?? "" }],
  run: ({ first }) => [{ kind: "run", id: first.claims.run }],
  "delegator's run": ({ parent }) => [{ kind: "run", id: parent?.claims.run ?? "" }],
  chain: ({ first }) => [{ kind: "chain" as "run", id: first.claims.run }],
  token: (_, { tokens }) => tokens.map(({ claims }) => ({ kind: "token", id: claims.jti })),
  "token that handed it on": ({ parent }) => [{ kind: "token", id: parent?.claims.jti ?? "" }],
};

async function asked({ request, by }: Row, column: string): Promise<string> {
  const work = await (by === "itself" ? world.direct() : world.handedOn());
  const way = WAYS[request];
  if (way === undefined) throw new Error(`there is no way ${request}`);
  const prepared = await way(world, work);
  const targets = STOPS[column]?.(work, prepared) ?? [];
  for (const target of targets) {
    const { status, text } = await world.order(target);
    if (status !== 200) throw new Error(text);
  }
  const came = await prepared.ask();
  for (const target of targets) if (target.kind === "agent") await world.forget(target);
  return came;
}

const cells = rows.flatMap((row) => Object.keys(row.stopped).map((column) => [row, column] as const));

test.each(cells.map(([row, column]) => [row.request, row.by, column, row.stopped[column], row] as const))(
  "%s, by the agent %s, with its %s stopped: %s",
  async (_, __, column, expected, row) => {
    expect(await asked(row, column)).toBe(expected);
  },
);

test("the table has every request of work that goes on, by the agent itself and by a delegate, and each stop of both", () => {
  const all = Object.keys(STOPS);
  const ofDelegates = ["delegator", "delegator's session", "delegator's run", "token that handed it on"];
  const columns = { itself: all.filter((column) => !ofDelegates.includes(column)), delegate: all };
  const wanted = Object.keys(WAYS).flatMap((request) =>
    (["itself", "delegate"] as const).map((by) => [request, by, columns[by]]),
  );
  expect(rows.map(({ request, by, stopped }) => [request, by, Object.keys(stopped)])).toEqual(wanted);
});

test("a credential that is issued despite a stop does not depend on what was stopped", () => {
  const given = cells.filter(([row, column]) => column !== "nothing" && row.stopped[column] === "given");
  expect(given.length).toBeLessThan(cells.length / 4);
});
