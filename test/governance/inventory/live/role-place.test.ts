import { otherPlatformOf, roleAt, rolePlaces } from "../../../../governance/inventory/live/role-place";

const ROOT = "arn:aws:iam::111122223333:role/";
const PROD = { account: "111122223333", path: "/ambit/agents/prod/" };

test.each([
  [`${ROOT}x`, { account: "111122223333", path: "/", name: "x" }],
  [`${ROOT}ambit/agents/prod/prod.x`, { ...PROD, name: "prod.x" }],
  ["arn:aws-us-gov:iam::111122223333:role/a~!/x", { account: "111122223333", path: "/a~!/", name: "x" }],
])("reads %s", (arn, place) => {
  expect(roleAt(arn)).toEqual(place);
});

test.each([
  "arn:aws:iam::1111:role/x",
  `${ROOT}a b/x`,
  `${ROOT}a/`,
  `${ROOT}x --y`,
  "arn:aws:iam::111122223333:user/x",
])("reads no role in %j", (arn) => {
  expect(roleAt(arn)).toBeUndefined();
});

test("declared roles lie at their places, each once, and no file is read", () => {
  expect(rolePlaces([`${ROOT}ambit/agents/prod/a`, `${ROOT}ambit/agents/prod/b`], "/nowhere")).toEqual([PROD]);
});

test("what is no ARN is a place of its own, so that it is told", () => {
  expect(rolePlaces([`${ROOT}ambit/agents/prod/a`, "x"], "/nowhere")).toEqual([PROD, { account: "", path: "x" }]);
});

test.each<[string, string | undefined, string | undefined]>([
  ["ambit/agents/stage/stage.x", "x", "/ambit/agents/stage/"],
  ["ambit/agents/stage/stage.x", undefined, undefined],
  ["ambit/agents/stage/stagex", "x", undefined],
  ["ambit/agents/stage/prod.x", "x", undefined],
  ["ambit/agents/stage/y/stage.x", "x", undefined],
  ["ambit/agents/prod/prod.x", "x", undefined],
  ["ambit/agents/prod.x", "x", undefined],
  ["stage.x", "x", undefined],
])("the role %s with the tag of %s is of another platform at %s", (role, agent, path) => {
  expect(otherPlatformOf(`${ROOT}${role}`, agent, PROD)).toBe(path);
});
