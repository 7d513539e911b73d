import { type World, DRIVER, ISSUER, READY, pod, ready, world } from "./world";

describe("what Terraform does not wait for", () => {
  test("a DaemonSet is waited for until it is ready on every node", async () => {
    const { deploy, happened, terraform } = world({
      cluster: { daemonsets: [undefined, { metadata: { generation: 2 }, status: {} }, ready(1), ready(2)] },
    });
    expect((await deploy("--auto-approve")).code).toBe(0);
    expect(happened.filter((each) => each === "slept")).toHaveLength(3);
    expect(terraform.isApplied("agents")).toBe(true);
  });

  test.each([
    [
      "is not ready",
      ready(1),
      "ready on 1 of 2 nodes: kubectl -n spire-system rollout status daemonset/spiffe-csi-driver",
    ],
    ["runs nowhere", { ...READY, status: { observedGeneration: 1 } }, "runs on no node"],
    ["is gone", undefined, "daemonset spire-system/spiffe-csi-driver is not there"],
  ])("where it %s in time, nothing behind it is applied, and the code says so", async (_, answer, message) => {
    const { deploy, terraform } = world({ cluster: { daemonsets: [answer] } });
    const { code, stderr } = await deploy("--auto-approve", "--wait", "1");
    expect([code, terraform.isApplied("trust")]).toEqual([4, false]);
    expect(stderr).toContain(message);
  });

  test.each([
    ["does not answer", async () => Promise.reject(new Error("x does not answer: ENOTFOUND")), "ENOTFOUND"],
    [
      "is another",
      async () => ({ issuer: "https://evil.example" }),
      'must say that it is https://oidc.prod.acme.example, got "https://evil',
    ],
    ["names no keys", async () => ({ issuer: ISSUER }), "does not say where its keys are"],
    ["has no keys", async () => ({ issuer: ISSUER, jwks_uri: "https://k", keys: [] }), "https://k has no keys"],
  ])(
    "where the issuer %s, trust is not applied, and the address is named to which it must lead",
    async (_, fetchJson, message) => {
      const { deploy, terraform } = world({ fetchJson });
      terraform.says("spire", "lb.example");
      const { code, stderr } = await deploy("--auto-approve", "--wait", "0");
      expect([code, terraform.isApplied("spire"), terraform.isApplied("trust")]).toEqual([4, true, false]);
      expect(stderr).toContain(message);
      expect(stderr).toContain("its name must lead to lb.example");
    },
  );
});

describe("--destroy", () => {
  const deployed = async (changes: World = {}) => {
    const made = world(changes);
    await made.deploy("--auto-approve");
    made.terraform.calls();
    made.happened.length = 0;
    return made;
  };

  test("goes in reverse, and takes the driver away when no pod has a volume of it any more", async () => {
    const { deploy, terraform, happened } = await deployed({
      cluster: { pods: [{ items: [pod("a")] }, { items: [pod("b", "Succeeded")] }] },
    });
    const { code, stdout } = await deploy("--auto-approve", "--destroy");
    expect(code).toBe(0);
    expect(terraform.calls()).toEqual([
      ...["agents", "control", "trust"].flatMap((name) => [`plan -out -destroy in ${name}`, `apply plan in ${name}`]),
      "plan -out -destroy in spire",
      "plan -out -destroy -target=kubernetes_deployment_v1.oidc in spire",
      "apply plan in spire",
      "plan -out -destroy in spire",
      "apply plan in spire",
      "plan -out -destroy in foundation",
      "apply plan in foundation",
    ]);
    expect(happened).toEqual(["asked for /api/v1/pods", "slept", "asked for /api/v1/pods"]);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("destroyed");
  });

  test("leaves the driver where a pod keeps its volume, names the pod and the page, and has a code of its own", async () => {
    const { deploy, terraform } = await deployed({
      cluster: { pods: [{ items: Array.from({ length: 7 }, (_, at) => pod(`p${at}`)) }] },
    });
    const { code, stderr } = await deploy("--auto-approve", "--destroy", "--wait", "0");
    expect([code, terraform.isApplied("spire"), terraform.isApplied("foundation")]).toEqual([4, true, true]);
    expect(stderr).toContain(`volumes of ${DRIVER} are mounted by support/p0, support/p1,`);
    expect(stderr).toContain("and 2 more: without the driver no node can unmount them: see docs/destroy-a-platform.md");
  });

  test("looks at every page of pods", async () => {
    const first = { metadata: { continue: "next" }, items: [] };
    const { deploy } = await deployed({ cluster: { "continue=next": [{ items: [pod("late")] }], pods: [first] } });
    const { code, stderr } = await deploy("--auto-approve", "--destroy", "--wait", "0");
    expect([code, stderr.includes("support/late")]).toEqual([4, true]);
  });

  test("publishes nothing, and asks first", async () => {
    const { deploy, terraform, happened, asked } = await deployed({ answers: ["no"] });
    expect((await deploy("--destroy")).code).toBe(3);
    expect(asked).toEqual(["Destroy agents: 0 to add, 0 to change, 1 to destroy? Only yes is taken:"]);
    expect([terraform.isApplied("agents"), happened]).toEqual([true, []]);
  });

  test("of what is gone does nothing, and asks no cluster", async () => {
    const { deploy, happened } = world();
    expect((await deploy("--auto-approve", "--destroy")).code).toBe(0);
    expect(happened).toEqual([]);
  });
});
