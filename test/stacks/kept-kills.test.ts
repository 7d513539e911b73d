import { resourcesOf, STACKS, synthesize } from "../support/example-app";

const { stacks } = synthesize();
const resources = STACKS.flatMap((stack) =>
  Object.entries(resourcesOf(stacks[stack])).flatMap(([type, named]) =>
    Object.values(named).map((attributes) => ({ type, attributes })),
  ),
);

describe("no deploy lifts a kill", () => {
  test("no role says which managed policies it has, so that one more is no drift", () => {
    const roles = resources.filter(({ type }) => type === "aws_iam_role");
    expect(roles.length).toBeGreaterThan(5);
    for (const { attributes } of roles) {
      expect(attributes).not.toHaveProperty("managed_policy_arns");
      expect(attributes).not.toHaveProperty("force_detach_policies");
    }
  });

  test("nothing owns attachments of a role as a whole, and nothing is AWSDenyAll's own", () => {
    expect(resources.filter(({ type }) => /_exclusive$|^aws_iam_policy_attachment$/.test(type))).toEqual([]);
    expect(JSON.stringify(resources.filter(({ type }) => /attachment/.test(type)))).not.toContain("AWSDenyAll");
  });

  test("the list's data is written by nothing, and its changes are left alone", () => {
    const lists = resources.filter(({ attributes }) =>
      JSON.stringify(attributes.metadata)?.includes("ambit-killed-agents"),
    );
    expect(lists.map(({ type }) => type)).toEqual(["kubernetes_config_map_v1"]);
    expect(lists[0]?.attributes).toMatchObject({ lifecycle: { ignore_changes: ["data"] } });
    expect(lists[0]?.attributes).not.toHaveProperty("data");
  });
});
