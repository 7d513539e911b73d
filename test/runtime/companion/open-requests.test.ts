import { LIMITS } from "../../../domain";
import { OpenRequests } from "../../../runtime/companion/open-requests";
import { Problem } from "../../../runtime/companion/problem";
import type { Run } from "../../../runtime/companion/run";

const ASKED = LIMITS.openAsked.seconds * 1_000;
const CUT = LIMITS.openCut.seconds * 1_000;

const run = (id: string): Run => ({ run: id, txn: "x", task: "answer" }) as unknown as Run;

/** Requests of runs, of which the exchange says which were stopped */
function world() {
  const now = { at: 0 };
  const [logged, ended, asked]: [unknown[], string[], (readonly string[])[]] = [[], [], []];
  const stopped = new Map<string, readonly string[]>();
  const exchange = { deaf: false };
  const open = new OpenRequests({
    exchange: {
      stopped: async (runs) => {
        asked.push(runs);
        if (exchange.deaf) throw Problem.of("companion.no-exchange");
        return new Map([...stopped].filter(([id]) => runs.includes(id)));
      },
    },
    log: (event, facts) => void logged.push([event, facts]),
    stopped: ({ run: id }) => void ended.push(id),
    elapsed: () => now.at,
  });
  const after = async (milliseconds: number): Promise<void> => {
    now.at += milliseconds;
    await open.look();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { open, after, stopped, logged, ended, asked, exchange };
}

const said = ({ status, codes, body }: Problem): string =>
  `${status} ${codes.join()} ${String(body.error_description).split(": ")[1]}`;

test("all that is open for a run is cut when it is stopped, is told why, and then the run ends", async () => {
  const { open, after, stopped, logged, ended, asked } = world();
  const cut: string[] = [];
  for (const id of ["a", "a", "b"]) {
    open.cutWhenStopped(run(id), (because) => void cut.push(`${id} ${said(because)}, ${ended.length} ended`));
  }
  stopped.set("a", ["session.revoked", "user.revoked"]);
  await after(ASKED);
  expect(asked).toEqual([["a", "b"]]);
  const why = "403 companion.cut session.revoked, user.revoked";
  expect(cut).toEqual([`a ${why}, 0 ended`, `a ${why}, 0 ended`]);
  expect(ended).toEqual(["a", "a"]);
  const facts = { run: "a", txn: "x", task: "answer", codes: ["session.revoked", "user.revoked"] };
  expect(logged).toEqual([
    ["request.cut", facts],
    ["request.cut", facts],
  ]);
});

test("a request that is over is not cut, and its run does not end by it", async () => {
  const { open, after, stopped, ended } = world();
  const cut = jest.fn();
  open.cutWhenStopped(run("a"), cut)();
  stopped.set("a", ["run.revoked"]);
  await after(ASKED);
  expect([cut.mock.calls, ended]).toEqual([[], []]);
});

test("fails closed where the exchange gives no answer for too long, and the run may go on later", async () => {
  const { open, after, exchange, ended, logged } = world();
  exchange.deaf = true;
  const cut: string[] = [];
  open.cutWhenStopped(run("a"), (because) => void cut.push(said(because)));
  for (let at = 0; at < CUT && cut.length === 0; at += 1_000) await after(1_000);
  expect(cut).toEqual(["403 companion.cut the exchange could not be asked whether it may go on"]);
  expect(ended).toEqual([]);
  expect(logged).toMatchObject([["request.cut", { codes: null }]]);
});

test("the time in which it was asked for whether a request may begin counts too", async () => {
  const { open, after, exchange } = world();
  await after(10_000);
  exchange.deaf = true;
  const cut = jest.fn();
  open.cutWhenStopped(run("a"), cut, 0);
  await after(0);
  expect(cut).toHaveBeenCalledTimes(1);
});
