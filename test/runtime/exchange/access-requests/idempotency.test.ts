import { MOST_KEYS } from "../../../../runtime/exchange/access-requests/idempotency";
import { AccessWorld } from "../../../support/exchange/access-world";

const DUPLICATE = { code: 409, type: "urn:openid:authzen:access-request:error:duplicate_request" };
const world = new AccessWorld();

beforeAll(() => world.begin());
afterAll(() => world.close());

const submitting = async (amount = 5, user = world.user()) => {
  const run = await world.refunds(user);
  const pep = world.pep(run.claims.run);
  const denied = await world.denied(run, { amount });
  return { run, pep, denied, body: pep.submission(denied.evaluation, denied) };
};
const submissions = (): number => world.acts.filter(({ kind }) => kind === "approval.submitted").length;

test("the same key and body give the same task, with its status of now, and nothing more is written", async () => {
  const { pep, denied, body } = await submitting();
  const first = await pep.submit(denied, body, "key-1");
  const before = submissions();
  const reordered = Object.fromEntries(Object.entries(body).reverse());
  expect(await pep.submit(denied, reordered, "key-1")).toEqual(first);
  await world.decides(denied.access_request.id, "approved");
  expect(await pep.submit(denied, body, "key-1")).toMatchObject({
    code: 201,
    task: { id: first.task.id, status: "approved" },
  });
  expect(submissions()).toBe(before);
});

test("the same key with another body is duplicate_request, also where that body would be refused", async () => {
  const { pep, denied, body } = await submitting();
  await pep.submit(denied, body, "key-1");
  await expect(pep.submit(denied, { ...body, client: { id: "x" } }, "key-1")).rejects.toMatchObject(DUPLICATE);
  await expect(pep.submit(denied, { ...body, resource: {} }, "key-1")).rejects.toMatchObject(DUPLICATE);
});

test("a key is the run's own: another run's body under the same key is no duplicate", async () => {
  const [one, other] = [await submitting(), await submitting(6)];
  await one.pep.submit(one.denied, one.body, "key-1");
  expect((await other.pep.submit(other.denied, other.body, "key-1")).code).toBe(202);
});

test("without a key, or with another one, the same denial gives the same task", async () => {
  const { pep, denied, body } = await submitting();
  const ids = [
    await pep.submit(denied, body),
    await pep.submit(denied, body, "a"),
    await pep.submit(denied, body, "b"),
  ];
  expect(new Set(ids.map(({ task }) => task.id)).size).toBe(1);
});

test("what was refused is not kept: the key is free for what is right", async () => {
  const { pep, denied, body } = await submitting();
  await expect(pep.submit(denied, { ...body, resource: {} }, "key-1")).rejects.toMatchObject({ code: 400 });
  expect((await pep.submit(denied, body, "key-1")).code).toBe(202);
});

test("a key is kept until 24 hours after the task can be asked for", async () => {
  const { pep, denied, body, run } = await submitting();
  const first = await pep.submit(denied, body, "key-1");
  const { partition } = { partition: `access-task#1#${run.claims.run}` };
  const [kept] = await world.store.list(partition, "", 1);
  const end = Date.parse(first.task.expires_at ?? "") / 1_000;
  expect(kept?.expiresAt).toBe(end + 86_400);
});

test(`a run has at most ${MOST_KEYS} keys, and goes on without one`, async () => {
  const { pep, denied, body } = await submitting();
  for (let at = 0; at < MOST_KEYS; at += 1) await pep.submit(denied, body, `key-${at}`);
  await expect(pep.submit(denied, body, "one-more")).rejects.toMatchObject({ code: 429, type: "about:blank" });
  expect((await pep.submit(denied, body, "key-0")).code).toBe(202);
  expect((await pep.submit(denied, body)).code).toBe(202);
});

test.each(["with blank", "x".repeat(256), "é"])("a key such as %p is refused", async (key) => {
  const { pep, denied, body } = await submitting();
  await expect(pep.submit(denied, body, key)).rejects.toMatchObject({ code: 400, type: "about:blank" });
});
