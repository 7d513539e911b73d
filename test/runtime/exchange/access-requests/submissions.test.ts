import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ProblemAnswer } from "../../../support/arap/pep";
import { AccessWorld } from "../../../support/exchange/access-world";
import { approvedBy, pathed } from "../../../support/exchange/changed-submission";
import type { Held } from "../../../support/exchange/stop-world";

interface Case {
  readonly name: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly append?: Readonly<Record<string, string>>;
  readonly drop?: readonly string[];
  /** Whose run submits the denial */
  readonly by?: "other-task" | "other-user" | "same-user";
  /** Amount of the call whose digest it has */
  readonly digestOf?: number;
  /** Group that the task asks meanwhile */
  readonly fleet?: string;
  readonly status: number;
  readonly type?: string;
}

const CASES = JSON.parse(
  readFileSync(join(__dirname, "../../../cases/exchange/access-requests.json"), "utf8"),
) as readonly Case[];
const URN = "urn:openid:authzen:access-request:error:";
const world = new AccessWorld();

beforeAll(() => world.begin());
afterAll(() => world.close());

const submitter = async ({ by }: Case, user: string, denied: Held): Promise<Held> => {
  if (by === "same-user") return world.refunds(user);
  if (by === "other-user") return world.refunds();
  return by === "other-task" ? (await world.direct(user)).first : denied;
};

test.each(CASES.map((each) => [each.name, each] as const))("a submission where %s", async (_, each) => {
  const user = world.user();
  const run = await world.refunds(user);
  const denied = await world.denied(run);
  const { set = {}, append = {}, drop = [], digestOf, fleet, status, type } = each;
  const pep = world.pep((await submitter(each, user, run)).claims.run);
  const said = JSON.parse(
    JSON.stringify(pep.submission(denied.evaluation, denied)).replaceAll("<agent>", run.claims.client_id),
  ) as Record<string, unknown>;
  const body = pathed(said, { set, append, drop, agent: run.claims.client_id });
  if (digestOf !== undefined)
    Object.assign(body, { context: (await world.denied(run, { amount: digestOf })).evaluation.context });
  const before = world.fleet;
  if (fleet !== undefined) world.fleet = approvedBy(before, fleet === "none" ? undefined : fleet);
  try {
    const submitted = pep.submit(undefined, body);
    if (type === undefined) {
      expect(await submitted).toMatchObject({ code: status, task: { status: "pending" }, retryAfter: "5" });
    } else {
      const problem = await submitted.catch((error: unknown) => error);
      expect(problem).toEqual(new ProblemAnswer(status, type.includes(":") ? type : `${URN}${type}`));
      expect(problem).toMatchObject({ code: status, type: type.includes(":") ? type : `${URN}${type}` });
    }
  } finally {
    world.fleet = before;
  }
});

test("a denial that has ended is expired_denial, to the second", async () => {
  const run = await world.refunds();
  const [pep, denied] = [world.pep(run.claims.run), await world.denied(run)];
  const body = pep.submission(denied.evaluation, denied);
  const began = world.now;
  try {
    world.now = Date.parse(denied.context?.access_request?.expires_at ?? "") / 1_000;
    const late = await world.refunds();
    const another = world.pep(late.claims.run);
    await expect(another.submit(undefined, body)).rejects.toMatchObject({ code: 410, type: `${URN}expired_denial` });
  } finally {
    world.now = began;
  }
});
