import { Dataset, Fleet, type Tool } from "../../domain";
import { agentOf, external, fails, httpTool } from "../support/domain";

const fleetOf = (tools: readonly Tool[], datasets: readonly Dataset[] = []) =>
  Fleet.of(
    ...tools.map((tool, index) => ({
      declaration: agentOf({ tasks: { go: { startedBy: "user", tools: [tool.allow("get")] } } }, `caller-${index}`),
    })),
    ...datasets.map((dataset, index) => {
      const access = (dataset as ReturnType<typeof external>).read();
      return { declaration: agentOf({ tasks: { go: { startedBy: "user", data: [access] } } }, `reader-${index}`) };
    }),
  );

describe("datasets", () => {
  const refused = (when: string, datasets: readonly Dataset[], text: string) =>
    fails(when, () => fleetOf([], datasets), "dataset.overlap", text);
  const ONE = "one place is one dataset: declare it once and import it";
  const bucket = (
    name: string,
    prefix: `${string}/`,
    more: { readonly bucket?: string; readonly account?: string; readonly untrusted?: boolean } = {},
  ) =>
    Dataset.bucket(name, {
      bucket: "acme-kb",
      prefix,
      sensitivity: name === "open" ? "public" : "restricted",
      ...more,
    });
  const at = (account: string | undefined) => (account === undefined ? {} : { account });
  const table = (name: string, account?: string, physical = "Orders") =>
    Dataset.table(name, { table: physical, sensitivity: "internal", ...at(account) });
  const secret = (name: string, account?: string, physical = "crm/api") =>
    Dataset.secret(name, { secret: physical, sensitivity: "internal", ...at(account) });
  const [ours, theirs] = ["111111111111", "222222222222"];

  const prefixes: readonly [string, `${string}/`, `${string}/`][] = [
    ["are one", "a/", "a/"],
    ["lie in each other", "a/", "a/b/"],
    ["lie in each other, the wider one second", "a/b/c/", "a/"],
  ];
  for (const [when, first, second] of prefixes) {
    refused(
      `prefixes ${when}`,
      [bucket("closed", first), bucket("open", second)],
      `dataset "open": it overlaps with dataset "closed" in bucket "acme-kb" ("${second}" and "${first}"): ${ONE}, ` +
        "or part the prefixes",
    );
  }
  refused(
    "a bucket is said to be in two accounts, which a bucket's name never is",
    [bucket("closed", "a/", { account: ours as string }), bucket("open", "a/", { account: theirs as string })],
    `dataset "open": it overlaps with dataset "closed" in bucket "acme-kb" ("a/" and "a/"): ${ONE}, or part the prefixes`,
  );
  refused(
    "they disagree on whether strangers write there",
    [bucket("closed", "a/"), bucket("inbox", "a/", { untrusted: true })],
    `dataset "inbox": it overlaps with dataset "closed" in bucket "acme-kb" ("a/" and "a/"): ${ONE}, or part the prefixes`,
  );
  refused(
    "other prefixes lie between the two",
    [bucket("aa", "a/"), bucket("bb", "b/"), bucket("cc", "c/"), bucket("dd", "a/d/")],
    `dataset "dd": it overlaps with dataset "aa" in bucket "acme-kb" ("a/d/" and "a/"): ${ONE}, or part the prefixes`,
  );
  refused(
    "two datasets are one table",
    [table("carts"), table("orders")],
    `dataset "orders": it is the same table "Orders" as dataset "carts": ${ONE}`,
  );
  refused(
    "a table is bound in one dataset and not in the other",
    [Dataset.table("carts", { table: "Orders", sensitivity: "internal", boundTo: "user" }), table("orders")],
    `dataset "orders": it is the same table "Orders" as dataset "carts": ${ONE}`,
  );
  refused(
    "two datasets are one table of one account",
    [table("carts", ours), table("orders", ours)],
    `dataset "orders": it is the same table "Orders" as dataset "carts": ${ONE}`,
  );
  refused(
    "two datasets are one secret",
    [secret("key"), secret("login")],
    `dataset "login": it is the same secret "crm/api" as dataset "key": ${ONE}`,
  );
  const MAYBE = "and only one of them names its account: write account in both, or declare it once and import it";
  refused(
    "only one of two tables says its account",
    [table("carts", ours), table("orders")],
    `dataset "orders": it may be the same table "Orders" as dataset "carts", ${MAYBE}`,
  );
  refused(
    "only one of two secrets says its account",
    [secret("key"), secret("login", theirs)],
    `dataset "login": it may be the same secret "crm/api" as dataset "key", ${MAYBE}`,
  );
  fails(
    "one agent has both",
    () => {
      const data = [bucket("closed", "a/").read(), bucket("open", "a/b/").read()];
      return Fleet.of({ declaration: agentOf({ tasks: { go: { startedBy: "user", data } } }) });
    },
    "dataset.overlap",
    `dataset "open": it overlaps with dataset "closed" in bucket "acme-kb" ("a/b/" and "a/"): ${ONE}, or part the prefixes`,
  );

  const apart: readonly [string, readonly Dataset[]][] = [
    ["prefixes beside each other", [bucket("closed", "a/"), bucket("open", "b/")]],
    ["prefixes of which one only begins with the other's letters", [bucket("closed", "a/"), bucket("open", "ab/")]],
    ["prefixes in another case", [bucket("closed", "a/"), bucket("open", "A/")]],
    ["one prefix in two buckets", [bucket("closed", "a/"), bucket("open", "a/", { bucket: "acme-wiki" })]],
    ["one name of a table in two accounts", [table("carts", ours), table("orders", theirs)]],
    ["one name of a secret in two accounts", [secret("key", ours), secret("login", theirs)]],
    ["tables whose names differ", [table("carts", ours, "Carts"), table("orders", ours)]],
    ["a table and a secret of one name", [table("carts", ours, "crm"), secret("login", ours, "crm")]],
    ["data behind tools", [external("carts"), external("orders")]],
  ];
  test.each(apart)("accepts %s", (_what, datasets) => {
    expect(fleetOf([], datasets).datasets).toHaveLength(datasets.length);
  });
  test("one dataset of two agents is one", () => {
    const shared = bucket("open", "a/");
    expect(fleetOf([], [shared, shared]).datasets).toEqual([shared]);
  });
});

describe("tools", () => {
  const at = (name: string, url: string) => httpTool(name, { url });
  const FIX = "one address is one tool: declare their actions in one, or part the addresses";
  const addresses: readonly [string, string, string][] = [
    ["are one", "https://api.acme.example", "https://api.acme.example"],
    ["are one but for the last slash", "https://api.acme.example/v1", "https://api.acme.example/v1/"],
    ["are one but for the port that https has", "https://api.acme.example:443", "https://api.acme.example"],
    ["are one but for the case of the host", "https://API.acme.example", "https://api.acme.example"],
    ["lie in each other", "https://api.acme.example", "https://api.acme.example/v1"],
    ["lie in each other, the wider one second", "https://api.acme.example/v1/crm", "https://api.acme.example/v1"],
  ];
  for (const [when, first, second] of addresses) {
    const [one, other] = [at("crm", first), at("erp", second)];
    fails(
      `addresses ${when}`,
      () => fleetOf([one, other]),
      "tool.overlap",
      `tool "erp": url ${other.url} overlaps with ${one.url} of tool "crm": ${FIX}`,
    );
  }
  const apart: readonly [string, string, string][] = [
    ["paths beside each other", "https://api.acme.example/v1", "https://api.acme.example/v2"],
    [
      "paths of which one only begins with the other's letters",
      "https://api.acme.example/v1",
      "https://api.acme.example/v10",
    ],
    ["two hosts", "https://api.acme.example/v1", "https://crm.acme.example/v1"],
    ["two ports", "https://api.acme.example", "https://api.acme.example:8443"],
    ["a host that ends in the other", "https://acme.example", "https://api.acme.example"],
  ];
  test.each(apart)("accepts %s", (_what, first, second) => {
    expect(fleetOf([at("crm", first), at("erp", second)]).tools).toHaveLength(2);
  });
  test("one tool of two agents is one", () => {
    const crm = httpTool("crm");
    expect(fleetOf([crm, crm]).tools).toEqual([crm]);
  });
});
