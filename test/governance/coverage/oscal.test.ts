import { coverageOf } from "../../../governance/coverage/coverage-of";
import { oscalComponent } from "../../../governance/coverage/report/oscal";
import { uuidOf } from "../../../governance/coverage/report/uuid";
import { type EditParts, exampleOutput } from "../../support/coverage/example-output";

/** JSON of OSCAL, of which a test names what it looks at */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Oscal = any;

const definition = (edit?: EditParts, day?: string): Oscal =>
  JSON.parse(oscalComponent(coverageOf(exampleOutput(edit, day), { rules: [] }), "0.1.0"))["component-definition"];
const example = definition();
const implementations = ({ components }: Oscal): readonly Oscal[] => components[0]["control-implementations"];
const requirements = (of: Oscal): readonly Oscal[] =>
  implementations(of).flatMap((each) => each["implemented-requirements"]);
const uuids = (value: unknown): readonly string[] =>
  [...JSON.stringify(value).matchAll(/"uuid":"([^"]+)"/g)].map(([, uuid]) => uuid as string);

test("it is of the day that is judged, and of this version", () => {
  expect(example.metadata).toEqual({
    title: "Coverage of prod.acme.example on 2026-12-01, 9 agents",
    "last-modified": "2026-12-01T00:00:00+00:00",
    version: "0.1.0",
    "oscal-version": "1.1.3",
  });
});

test("every UUID is one of version 5, and no two are equal", () => {
  const all = uuids(example);
  expect(all.length).toBeGreaterThan(150);
  expect(new Set(all).size).toBe(all.length);
  for (const uuid of all) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("another day is another document with the same component", () => {
  const later = definition(undefined, "2026-12-02");
  expect(later.uuid).not.toBe(example.uuid);
  expect(uuids(later.components)).toEqual(uuids(example.components));
});

test("controls of SP 800-53 have the ids of their catalog, others a token", () => {
  const catalog = implementations(example).find(({ source }) => source.includes("oscal-content"));
  expect(catalog["implemented-requirements"].map((each: Oscal) => each["control-id"])).toEqual(
    expect.arrayContaining(["ac-2", "ac-6", "ia-9", "au-12", "sr-11"]),
  );
  const ids = requirements(example).map((each) => each["control-id"]);
  expect(ids).toEqual(
    expect.arrayContaining(["tenet-1", "govern-1.6", "asi02", "nhi9", "mcp03", "l1", "a.6.2.8", "a2", "gov-02"]),
  );
  // https://pages.nist.gov/OSCAL/reference/datatypes/#token
  for (const id of ids) expect(id).toMatch(/^(\p{L}|_)(\p{L}|\p{N}|[.\-_])*$/u);
});

test("a requirement has its level, what shows it, addresses, and what is yours", () => {
  const scope = requirements(example).find((each) => each["control-id"] === "asi02");
  const values = (name: string): readonly string[] =>
    scope.props.filter((prop: Oscal) => prop.name === name).map(({ value }: Oscal) => value);
  expect(values("level")).toEqual(["provides"]);
  expect(values("shown-by")).toContain("C08");
  expect(values("evidence").length).toBe(10);
  expect(values("evidence")[0]).toMatch(/^(agents|control|foundation)\//);
  expect(scope.remarks).toContain("Yours to do: misuse within the allowed scope.");
  expect(scope.remarks).toMatch(/All \d+ addresses stand in the JSON of the same command\.$/);
});

test("what is the customer's is in it too", () => {
  const own = requirements(example).find((each) => each["control-id"] === "l1");
  expect(own).toMatchObject({
    props: [{ name: "level", ns: "urn:ambit:coverage", value: "yours" }],
    remarks: "Yours to do: the robustness of models.",
  });
});

test("no text is empty or has space around it, which OSCAL refuses", () => {
  const texts = JSON.stringify(example).match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  expect(texts.filter((text) => /^"\s|\s"$|^""$/.test(text))).toEqual([]);
});

test("a UUID follows from its names alone", () => {
  expect(uuidOf("a", "b")).toBe(uuidOf("a", "b"));
  expect(uuidOf("a", "b")).not.toBe(uuidOf("a,b"));
  expect(uuidOf("a", "b")).not.toBe(uuidOf("ab"));
  expect(uuidOf("prod.acme.example")).toBe("c0cf6529-d626-5a99-96ca-65e45d9b8738");
});
