import { fleetView } from "../../../runtime/registry/fleet-view";
import { type Edit, edited } from "../../support/decisions/edit";
import { exampleDocument } from "../../support/exchange/example-fleet";

const DATASETS = ["registry", "datasets"];
const TASK = ["registry", "agents", "ledger-reconciler", "tasks", "reconcile", "data"];
const fleetWith = (...edits: readonly Edit[]) => fleetView(edited(exampleDocument, edits, "edits"), 1);
const isUntrusted = (dataset: string): Edit => [[...DATASETS, dataset, "untrusted"], { $add: true }];
const untrusted = (dataset: string) => fleetWith(isUntrusted(dataset));
const call = (tool: string, action: string, ...data: readonly string[]) => ({ tool, action, data });
const plain = fleetView(exampleDocument, 1);

test.each([
  ["whose output is trusted, and which touches trusted data", plain, call("payments", "find"), false],
  ["of a tool whose output is untrusted", plain, call("search", "query"), true],
  ["that reads an untrusted dataset", untrusted("orders"), call("payments", "find"), true],
  ["that writes an untrusted dataset", untrusted("orders"), call("payments", "refund"), false],
  ["that reads one by its own words", untrusted("orders"), call("payments", "refund", "orders:read"), true],
  ["that names a dataset without a kind", untrusted("orders"), call("payments", "refund", "orders"), true],
  ["that writes one by its own words", untrusted("orders"), call("payments", "refund", "orders:write"), false],
  ["that reads undeclared data", plain, call("payments", "find", "__proto__:read"), true],
  ["of an undeclared tool", plain, call("constructor", "find"), true],
  ["of an undeclared action", plain, call("payments", "toString"), true],
])("a call %s: is its answer untrusted?", (_what, fleet, called, expected) => {
  expect(fleet.answersUntrusted(called)).toBe(expected);
});

const readsUntrusted = (fleet: typeof plain) =>
  fleet.agentNamed("ledger-reconciler")?.tasks.get("reconcile")?.aws?.readsUntrusted;

test.each([
  ["trusted data alone", plain, false],
  ["an untrusted bucket", untrusted("reconciliations"), true],
  ["an untrusted table", untrusted("ledger"), true],
  ["an untrusted dataset of other tasks", untrusted("articles"), false],
  ["an undeclared dataset", fleetWith([[...TASK, "nowhere"], { $add: ["read"] }]), true],
])("AWS credentials of a task with %s: do they read untrusted data?", (_what, fleet, expected) => {
  expect(readsUntrusted(fleet)).toBe(expected);
});

test.each([
  ["reconciliations", "a bucket that is only written shows nothing", false],
  ["ledger", "a table shows what a write replaced", true],
])("%s: %s", (dataset, _why, expected) => {
  expect(readsUntrusted(fleetWith(isUntrusted(dataset), [[...TASK, dataset], ["write"]]))).toBe(expected);
});

test.each([
  ["a trusted bucket", plain, true],
  ["an untrusted bucket", untrusted("reconciliations"), false],
  ["nothing", fleetWith([[...TASK, "reconciliations"], ["read"]]), false],
  ["a trusted bucket, to delete from", fleetWith([[...TASK, "reconciliations"], ["delete"]]), true],
  [
    "an undeclared dataset",
    fleetWith(isUntrusted("reconciliations"), [[...TASK, "nowhere"], { $add: ["write"] }]),
    true,
  ],
])("AWS credentials of a task that may write %s: do they write trusted data?", (_what, fleet, expected) => {
  expect(fleet.agentNamed("ledger-reconciler")?.tasks.get("reconcile")?.aws?.writesTrusted).toBe(expected);
});

test("an agent keeps users apart, unless it says that its memory is shared", () => {
  const shared = fleetWith([["registry", "agents", "web-reader", "memory"], { $add: "shared" }]);
  expect(plain.agentNamed("web-reader")?.memory).toBe("per-user");
  expect(shared.agentNamed("web-reader")?.memory).toBe("shared");
});
