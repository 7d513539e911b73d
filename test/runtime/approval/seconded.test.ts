import { ApproversWorld } from "../../support/exchange/approvers";

const DAVE = { sub: "dave", email: "dave@acme.example" };

test("a second person is asked for once, when the first has approved", async () => {
  const world = new ApproversWorld();
  const request = await world.ask({ people: 2 });
  await world.post("decide", { ...request, verdict: "approved" });
  expect(world.seconded).toEqual([request.id]);
  await world.post("decide", { ...request, verdict: "approved" });
  await world.post("decide", { ...request, verdict: "approved" }, DAVE);
  expect(world.seconded).toEqual([request.id]);
});

test.each([
  ["one person is enough", { people: 1 }, "approved"],
  ["the first of two refuses", { people: 2 }, "refused"],
] as const)("no second person is asked for where %s", async (_, asked, verdict) => {
  const world = new ApproversWorld();
  const request = await world.ask(asked);
  expect((await world.post("decide", { ...request, verdict, reason: "as agreed" })).status).toBe(200);
  expect(world.seconded).toEqual([]);
});
