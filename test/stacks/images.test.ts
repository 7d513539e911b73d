import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OPA_VERSIONS } from "../../constructs/decision/images";
import { SPIRE_VERSIONS } from "../../constructs/spire/images";
import { fleet } from "../../fleet";
import { images } from "../../fleet/images";
import { type Resources, resourcesOf, STACKS, synthesize } from "../support/example-app";

interface Image {
  readonly version: string;
  readonly read?: string;
  readonly entrypoint: readonly string[];
  readonly user: string;
  readonly paths: readonly string[];
  readonly programs: readonly string[];
  /** What the arguments must begin with */
  readonly subcommand?: string;
  readonly flags?: { readonly style: "go" | "posix"; readonly names: readonly string[] };
  readonly source: { readonly repository: string; readonly path: string; readonly tag?: string };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly security_context: {
    readonly run_as_user?: string;
    readonly run_as_non_root?: boolean;
    readonly read_only_root_filesystem?: boolean;
  };
  readonly volume_mount?: readonly { readonly name: string; readonly mount_path: string }[];
}

interface Pod {
  readonly container: readonly Container[];
  readonly init_container?: readonly Container[];
  readonly security_context: { readonly run_as_user?: string };
}

const TABLE = (
  JSON.parse(readFileSync(join(__dirname, "..", "cases", "spire", "images.json"), "utf8")) as {
    readonly images: Readonly<Record<string, Image>>;
  }
).images;
const WORKLOADS = ["deployment_v1", "daemon_set_v1", "stateful_set_v1", "job_v1", "cron_job_v1", "pod_v1"];
const AGENTS = fleet.agents.map(({ name }) => name);
const nameOf = (image: string) => Object.entries(images).find(([, each]) => each === image)?.[0];

const PODS = podsOf(synthesize().stacks);
const CONTAINERS = PODS.flatMap(({ where, pod }) =>
  [...(pod.init_container ?? []), ...pod.container].map((container) => ({
    at: `${where}: ${container.name}`,
    container,
    pod,
    name: nameOf(container.image) ?? container.image,
  })),
);
/** Those of images that are not an agent's own: its team decides what is in that image. */
const OF_PLATFORM = CONTAINERS.filter(({ name }) => !AGENTS.includes(name));

function podsOf(stacks: Readonly<Record<string, string>>): readonly { readonly where: string; readonly pod: Pod }[] {
  return STACKS.flatMap((stack) => {
    const resources: Resources = resourcesOf(stacks[stack] as string);
    return WORKLOADS.flatMap((kind) =>
      Object.entries(resources[`kubernetes_${kind}`] ?? {}).map(([id, { spec }]) => ({
        where: `${stack}/${id}`,
        pod: (spec as { template: { spec: Pod } }).template.spec,
      })),
    );
  });
}

/** What is wrong with a container beside its image, in words */
function faults(image: Image, { container, pod }: Pick<(typeof OF_PLATFORM)[number], "container" | "pod">) {
  const { command, args = [], security_context: own } = container;
  const mounts = (container.volume_mount ?? []).map(({ mount_path }) => mount_path);
  const user = own.run_as_user ?? pod.security_context.run_as_user;
  return [
    ...mounts
      .flatMap((mount) => image.paths.map((path) => [mount, path] as const))
      .filter(([mount, path]) => covers(mount, path))
      .map(([mount, path]) => `a mount at ${mount} covers ${path} of the image`),
    ...mounts.filter((mount, at) => mounts.indexOf(mount) !== at).map((mount) => `two mounts are at ${mount}`),
    ...(command === undefined ? argumentFaults(image, args) : commandFaults(image, command)),
    ...(user === undefined || !/^\d+$/.test(user) ? [`its user must be a number, got ${user}`] : []),
    ...(own.run_as_non_root === true && Number(user) === 0 ? ["it must not be root, and is"] : []),
    ...(own.read_only_root_filesystem === true ? [] : ["its root file system can be written"]),
  ];
}

const covers = (mount: string, path: string) => path === mount || path.startsWith(`${mount.replace(/\/$/, "")}/`);

function commandFaults({ programs }: Image, [program = "", ...rest]: readonly string[]): readonly string[] {
  if (programs.includes(program)) return rest.length > 0 ? [] : [`${program} is given nothing to do`];
  return [`${program} is no program of the image, which has ${programs.join(", ")}`];
}

/** Arguments follow the entrypoint, and take the place of the image's own. */
function argumentFaults({ entrypoint, subcommand, flags }: Image, args: readonly string[]): readonly string[] {
  const [first, ...after] = args;
  const rest = subcommand === undefined ? args : after;
  const repeated = args.filter((arg) => entrypoint.includes(arg)).map((arg) => `${arg} is said by the entrypoint`);
  if (subcommand !== undefined && first !== subcommand) return [`arguments must begin with ${subcommand}`];
  const named = rest.filter((arg) => arg.startsWith("-")).map((arg) => arg.split("=")[0] as string);
  const unknown = named.filter((flag) => {
    const [, dashes, name] = /^(--?)(.*)$/.exec(flag) as unknown as [string, string, string];
    return !(flags?.names ?? []).includes(name) || (flags?.style === "posix" && dashes !== "--");
  });
  return [...repeated, ...unknown.map((flag) => `${flag} is no flag of the program`)];
}

test("every container of the example is of an image of the table, or of an agent's own", () => {
  const unknown = OF_PLATFORM.filter(({ name }) => TABLE[name] === undefined).map(({ at, name }) => `${at}: ${name}`);
  expect(unknown).toEqual([]);
});

test("the table has no image that no container is of", () => {
  const used = new Set(OF_PLATFORM.map(({ name }) => name));
  expect(Object.keys(TABLE).filter((name) => !used.has(name))).toEqual([]);
});

test.each(OF_PLATFORM.map((each) => [each.at, each] as const))("%s fits its image", (_, each) => {
  expect(faults(TABLE[each.name] as Image, each)).toEqual([]);
});

test("the versions of the table are those that Ambit was proven on", () => {
  for (const [name, version] of Object.entries({ ...SPIRE_VERSIONS, ...OPA_VERSIONS })) {
    expect([name, TABLE[name]?.version]).toEqual([name, version]);
  }
});

test("where another version was read than the one that is used, the table says so", () => {
  for (const [name, { version, read, source }] of Object.entries(TABLE)) {
    const exact = source.tag === undefined ? [] : [source.tag.replace(/^v/, "").split(",")[0]];
    const stated = source.repository === "this repository" ? [] : [read ?? version];
    expect([name, stated.map((text) => exact.length === 0 || text === exact[0])]).toEqual([
      name,
      stated.map(() => true),
    ]);
  }
});

describe("a container does not fit its image where", () => {
  const image = TABLE["spire-controller-manager"] as Image;
  const opa = TABLE["opa"] as Image;
  const fitting: Container = {
    name: "c",
    image: "i",
    args: ["--config=/controller-manager/file"],
    security_context: { run_as_non_root: true, read_only_root_filesystem: true },
    volume_mount: [{ name: "config", mount_path: "/controller-manager" }],
  };
  const pod: Pod = { container: [], security_context: { run_as_user: "65532" } };
  const found = (changes: Partial<Container>, of = image, user = "65532") =>
    faults(of, { container: { ...fitting, ...changes }, pod: { ...pod, security_context: { run_as_user: user } } });
  const mountedAt = (...paths: readonly string[]) => ({
    volume_mount: paths.map((mount_path, at) => ({ name: `v${at}`, mount_path })),
  });

  test("it does, as a baseline", () => expect(found({})).toEqual([]));

  test.each([
    [
      mountedAt("/spire-controller-manager"),
      "a mount at /spire-controller-manager covers /spire-controller-manager of the image",
    ],
    [mountedAt("/"), "a mount at / covers /spire-controller-manager of the image"],
    [mountedAt("/a", "/a"), "two mounts are at /a"],
    [{ args: ["--confg=/x"] }, "--confg is no flag of the program"],
    [{ args: ["/spire-controller-manager"] }, "/spire-controller-manager is said by the entrypoint"],
    [{ command: ["/bin/sh", "-c"] }, "/bin/sh is no program of the image, which has /spire-controller-manager"],
    [{ command: ["/spire-controller-manager"] }, "/spire-controller-manager is given nothing to do"],
    [{ security_context: { read_only_root_filesystem: false } }, "its root file system can be written"],
  ] satisfies readonly (readonly [Partial<Container>, string])[])("%j", (changes, fault) => {
    expect(found(changes)).toEqual([fault]);
  });

  test("its user is a name, or root where it must not be", () => {
    expect(found({}, image, "nonroot")).toEqual(["its user must be a number, got nonroot"]);
    expect(found({}, image, "0")).toEqual(["it must not be root, and is"]);
  });

  test("it leaves the subcommand out, or writes a long flag with one dash", () => {
    expect(found({ args: ["--server"] }, opa)).toEqual(["arguments must begin with run"]);
    expect(found({ args: ["run", "-server"] }, opa)).toEqual(["-server is no flag of the program"]);
  });
});
