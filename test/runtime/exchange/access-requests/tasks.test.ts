import { MOST_OPEN } from "../../../../runtime/approval/open-requests";
import { readRun } from "../../../../runtime/session/runs";
import type { Pep, TaskAnswer } from "../../../support/arap/pep";
import { AccessWorld, type Denied, FINANCE, LEADS } from "../../../support/exchange/access-world";
import { approvedBy } from "../../../support/exchange/changed-submission";
import { RESEARCHER, TRIAGE } from "../../../support/exchange/served-exchange";
import type { Held } from "../../../support/exchange/stop-world";

const URN = "urn:openid:authzen:access-request:error:";
const UNKNOWN = { code: 404, type: `${URN}unknown_task` };
const world = new AccessWorld();

beforeAll(() => world.begin());
afterAll(() => world.close());
afterEach(() => {
  world.now = began;
  world.fleet = fleet;
});

let began = 0;
let fleet = world.fleet;
beforeEach(() => {
  began = world.now;
  fleet = world.fleet;
});

interface Waiting {
  readonly user: string;
  readonly run: Held;
  readonly pep: Pep;
  readonly denied: Denied & { readonly access_request: { readonly id: string } };
  readonly body: Record<string, unknown>;
  readonly submitted: TaskAnswer;
}

async function waiting(amount = 5): Promise<Waiting> {
  const user = world.user();
  const run = await world.refunds(user);
  const pep = world.pep(run.claims.run);
  const denied = await world.denied(run, { amount });
  const body = pep.submission(denied.evaluation, denied);
  return { user, run, pep, denied, body, submitted: await pep.submit(denied, body) };
}

test("the metadata says where access is asked for, and nothing that is not served", async () => {
  const { json, headers } = await world.request("/.well-known/authzen-configuration", {});
  expect(json).toEqual({
    policy_decision_point: world.issuer,
    access_request_endpoint: `${world.issuer}/access/v1/requests`,
    capabilities: ["urn:openid:authzen:capability:access-request"],
  });
  expect(headers["cache-control"]).toContain("max-age");
});

test("what is told has no name of a person, no handle of theirs and no reason that one gave", async () => {
  const { pep, denied, submitted } = await waiting();
  await world.decides(denied.access_request.id, "approved");
  const told = await pep.status(submitted);
  expect(Object.keys(told.task).sort()).toEqual(["expires_at", "id", "links", "status", "status_endpoint"]);
  expect(Object.keys(told.result?.approval ?? {}).sort()).toEqual(["approved_at", "approved_until", "id"]);
  for (const secret of ["carol", "as said", denied.access_request.id])
    expect(JSON.stringify(told)).not.toContain(secret);
});

describe("the status of a task", () => {
  type Ends = readonly [status: string, ends: (waiting: Waiting) => Promise<unknown> | unknown];
  test.each<Ends>([
    ["pending", () => undefined],
    ["approved", ({ denied }) => world.decides(denied.access_request.id, "approved")],
    ["denied", ({ denied }) => world.decides(denied.access_request.id, "refused")],
    ["cancelled", ({ pep, submitted }) => pep.cancel(submitted)],
    ["failed", () => (world.fleet = approvedBy(world.fleet, FINANCE))],
  ])("is %s, and stays so", async (status, ends) => {
    const each = await waiting();
    await ends(each);
    const told = await each.pep.status(each.submitted);
    expect(told.task).toMatchObject({ id: each.submitted.task.id, status });
    expect(told.retryAfter).toBe(status === "pending" ? "5" : null);
    expect(each.pep.approval(told, new Date(world.now * 1_000)) !== undefined).toBe(status === "approved");
    world.fleet = fleet;
    expect((await each.pep.status(each.submitted)).task.status).toBe(status);
  });

  test("is expired once people can decide no more, for as long as the task can be asked for", async () => {
    const { user, submitted, denied } = await waiting();
    world.now = Date.parse(denied.context?.access_request?.expires_at ?? "") / 1_000;
    const later = world.pep((await world.refunds(user)).claims.run);
    expect((await later.status(submitted)).task.status).toBe("expired");
    world.now = Date.parse(submitted.task.expires_at ?? "") / 1_000;
    const last = world.pep((await world.refunds(user)).claims.run);
    await expect(last.status(submitted)).rejects.toMatchObject({ code: 410, type: `${URN}task_expired` });
    world.now += 86_401;
    const gone = world.pep((await world.refunds(user)).claims.run);
    await expect(gone.status(submitted)).rejects.toMatchObject(UNKNOWN);
  });

  test("is cancelled where the run that waits is revoked, for another run that may see it, and nothing revives it", async () => {
    const { user, run, submitted } = await waiting();
    const other = await world.refunds(user);
    const target = { kind: "run", id: run.claims.run } as const;
    await world.stop(target);
    await expect(world.pep(run.claims.run).status(submitted)).rejects.toMatchObject({ code: 403 });
    expect((await world.pep(other.claims.run).status(submitted)).task.status).toBe("cancelled");
    await world.forget(target);
    expect((await world.pep(other.claims.run).status(submitted)).task.status).toBe("cancelled");
  });
});

describe("a task is unknown, as one that never was,", () => {
  test.each<readonly [string, (waiting: Waiting) => Promise<{ readonly pep: Pep; readonly task?: string }>]>([
    ["to a run of another user", async () => ({ pep: world.pep((await world.refunds()).claims.run) })],
    [
      "to another task of the agent",
      async ({ user }) => ({ pep: world.pep((await world.direct(user)).first.claims.run) }),
    ],
    ["by another id", async ({ pep }) => ({ pep, task: `arq_${"A".repeat(43)}` })],
    ["by the handle that people know it by", async ({ pep, denied }) => ({ pep, task: denied.access_request.id })],
    ["by what is no id", async ({ pep }) => ({ pep, task: "x" })],
  ])("%s", async (_, of) => {
    const each = await waiting();
    const { pep, task = each.submitted.task.id } = await of(each);
    const address = `${world.issuer}/access/v1/requests/${task}`;
    const named = {
      ...each.submitted,
      task: { ...each.submitted.task, status_endpoint: address, links: { cancel: `${address}/cancel` } },
    };
    await expect(pep.status(named)).rejects.toMatchObject(UNKNOWN);
    await expect(pep.cancel(named)).rejects.toMatchObject(UNKNOWN);
  });

  test("to no later run of the same agent, user and task, which may not cancel it", async () => {
    const { user, submitted } = await waiting();
    const later = world.pep((await world.refunds(user)).claims.run);
    const told = await later.status(submitted);
    expect(told.task).toMatchObject({ id: submitted.task.id, status: "pending" });
    expect(told.task.links).toBeUndefined();
    await expect(later.cancel(submitted)).rejects.toMatchObject(UNKNOWN);
  });
});

describe("who calls", () => {
  test.each<readonly [string, string | undefined, (run: string) => string | undefined, number]>([
    ["shows no SVID", undefined, (run) => run, 401],
    ["names no run", TRIAGE, () => undefined, 400],
    ["names what is no run", TRIAGE, () => "x", 400],
    ["names a run of another agent", RESEARCHER, (run) => run, 400],
    ["names a run that never was", TRIAGE, () => "A".repeat(22), 400],
  ])("%s: nothing is told", async (_, as, named, status) => {
    const { run, submitted, body } = await waiting();
    const id = named(run.claims.run);
    const headers = id === undefined ? {} : { "ambit-run": id };
    const path = new URL(submitted.task.status_endpoint).pathname;
    const [asked, sent] = [
      await world.request(path, { headers }, as),
      await world.json("/access/v1/requests", body, as, headers),
    ];
    expect([asked.status, sent.status]).toEqual([status, status]);
    expect([asked.text, sent.text].join()).not.toContain(submitted.task.id);
  });

  test("names a run that is over, or of an agent that is suspended: nothing is told", async () => {
    const { run, pep, submitted } = await waiting();
    world.now = (await readRun(await world.state(), run.claims.run))?.run.expiresAt ?? 0;
    await expect(pep.status(submitted)).rejects.toMatchObject({ code: 403, type: expect.stringContaining("run.over") });
    world.now = began;
    const agents = fleet?.policy.agents ?? {};
    const id = run.claims.client_id;
    const suspended = { ...agents, [id]: { ...agents[id], suspended: true } } as typeof agents;
    if (fleet !== undefined) world.fleet = { ...fleet, policy: { ...fleet.policy, agents: suspended } };
    await expect(pep.status(submitted)).rejects.toMatchObject({ type: expect.stringContaining("agent.suspended") });
  });

  test("calls by another method: it is told which", async () => {
    const { submitted } = await waiting();
    const path = new URL(submitted.task.status_endpoint).pathname;
    expect((await world.request(path, { method: "DELETE" }, TRIAGE)).headers["allow"]).toBe("GET, HEAD");
    expect((await world.request(`${path}/cancel`, {}, TRIAGE)).status).toBe(405);
    expect((await world.request(`${path}/other`, {}, TRIAGE)).status).toBe(404);
  });
});

describe("a task is cancelled", () => {
  test("once, with a note, and people decide on it no more", async () => {
    const { pep, denied, submitted, run } = await waiting();
    const told = await pep.cancel(submitted, { reason: "not_needed", comment: "done by hand" });
    expect(told).toMatchObject({ code: 200, task: { status: "cancelled" } });
    await expect(pep.cancel(submitted)).rejects.toMatchObject({ code: 409, type: `${URN}invalid_task_state` });
    await expect(world.decides(denied.access_request.id, "approved")).rejects.toThrow("decide.over");
    const [event] = world.acts.filter(({ kind }) => kind === "approval.cancelled").slice(-1);
    expect(event?.facts).toMatchObject({ run: run.claims.run, group: LEADS, reason: "not_needed" });
  });

  describe("while another run of the same agent, user and task waits for the same call", () => {
    const both = async () => {
      const first = await waiting();
      const run = await world.refunds(first.user);
      const denied = await world.denied(run, { amount: 5 });
      const pep = world.pep(run.claims.run);
      expect(denied.access_request.id).toBe(first.denied.access_request.id);
      return { first, second: { pep, submitted: await pep.submit(denied, pep.submission(denied.evaluation, denied)) } };
    };

    test("by that one for itself alone: people decide for the run that asked first", async () => {
      const { first, second } = await both();
      await second.pep.cancel(second.submitted);
      expect((await second.pep.status(second.submitted)).task.status).toBe("cancelled");
      await expect(second.pep.cancel(second.submitted)).rejects.toMatchObject({ type: `${URN}invalid_task_state` });
      expect((await first.pep.status(first.submitted)).task.status).toBe("pending");
      await world.decides(first.denied.access_request.id, "approved");
      expect((await first.pep.status(first.submitted)).task.status).toBe("approved");
      expect((await second.pep.status(second.submitted)).task.status).toBe("cancelled");
    });

    test("by the run that asked first for both", async () => {
      const { first, second } = await both();
      await first.pep.cancel(first.submitted);
      expect((await second.pep.status(second.submitted)).task.status).toBe("cancelled");
    });
  });

  test("and never where people have decided", async () => {
    const { pep, denied, submitted } = await waiting();
    await world.decides(denied.access_request.id, "approved");
    await expect(pep.cancel(submitted)).rejects.toMatchObject({ code: 409, type: `${URN}invalid_task_state` });
    expect((await pep.status(submitted)).task.status).toBe("approved");
  });

  test("and the same call is asked about anew, under another task", async () => {
    const { run, pep, denied, submitted } = await waiting();
    await pep.cancel(submitted);
    const again = await world.denied(run);
    expect(again.access_request.id).not.toBe(denied.access_request.id);
    const next = await pep.submit(again, pep.submission(again.evaluation, again));
    expect(next.task).toMatchObject({ status: "pending" });
    expect(next.task.id).not.toBe(submitted.task.id);
    await expect(pep.submit(denied, pep.submission(denied.evaluation, denied))).rejects.toMatchObject({ code: 400 });
  });

  test("and makes no room for another request", async () => {
    const { run, pep, submitted } = await waiting(0);
    await pep.cancel(submitted);
    for (let amount = 1; amount < MOST_OPEN; amount += 1) await world.denied(run, { amount });
    await expect(world.denied(run, { amount: MOST_OPEN })).rejects.toThrow("no person was asked");
  });

  test.each<readonly [string, unknown]>([
    ["a member that the profile does not have", { approve: true }],
    ["a reason that is no text", { reason: 1 }],
    ["no object", []],
  ])("not by a body with %s", async (_, body) => {
    const { pep, submitted } = await waiting();
    await expect(pep.cancel(submitted, body as object)).rejects.toMatchObject({ code: 400, type: "about:blank" });
    expect((await pep.status(submitted)).task.status).toBe("pending");
  });
});
