import { type Arrival, type Attempt, breachesOf, outage, type Recorded, unrecorded } from "./model";

const answered = (tool: string, order: string): string =>
  JSON.stringify({ result: { content: [{ type: "text", text: `${tool} ${JSON.stringify({ order })}` }] } });
const refused = JSON.stringify({ error: { data: { reasons: [] } } });

function attempt(change: Partial<Attempt> = {}): Attempt {
  const text = answered("find_order", change.order ?? "AC-1");
  return { kind: "find", order: "AC-1", run: "run-1", from: 0, to: 10, status: 200, text, ...change };
}

function arrival(change: Partial<Arrival> = {}): Arrival {
  return { tool: "find_order", order: "AC-1", amount: 0, ...change };
}

const FORBIDDEN = attempt({ kind: "forbidden", order: "DN-1", status: 403, text: refused });
const UNAPPROVED = attempt({ kind: "unapproved", order: "AP-1", status: 403, text: refused });
const REFUND = attempt({ kind: "refund", order: "RF-1", text: answered("create_refund", "RF-1") });
const PAID = arrival({ tool: "create_refund", order: "RF-1", amount: 500 });
const NONE: ReadonlyMap<string, number> = new Map();

test("an allowed call arrives once, an abandoned one at most once, and a refused one never", () => {
  const lost = attempt({ order: "AC-2", status: 0, text: "ECONNRESET" });
  const attempts = [attempt(), lost, FORBIDDEN, UNAPPROVED, REFUND];
  const approved = new Map([["RF-1", 5]]);
  expect(breachesOf({ attempts, arrivals: [arrival(), PAID], approved })).toEqual([]);
  expect(breachesOf({ attempts, arrivals: [arrival(), arrival({ order: "AC-2" }), PAID], approved })).toEqual([]);
});

test.each<[breach: string, attempts: readonly Attempt[], arrivals: readonly Arrival[], said: string]>([
  ["no agent asked", [], [arrival()], "AC-1 arrived, and no agent asked for it"],
  ["it was forbidden", [FORBIDDEN], [arrival({ order: "DN-1" })], "DN-1 arrived, which is forbidden"],
  ["no person was asked", [UNAPPROVED], [arrival({ order: "AP-1" })], "AP-1 arrived, which is unapproved"],
  ["no person approved", [REFUND], [PAID], "RF-1 arrived, and no person had approved it"],
  ["it came twice", [attempt()], [arrival(), arrival()], "AC-1 arrived 2 times, and was allowed once"],
  [
    "it came as another call",
    [attempt()],
    [arrival({ tool: "create_refund" })],
    "AC-1 arrived as create_refund, and was asked for as find_order",
  ],
  ["it was answered by none", [attempt()], [], "AC-1 was answered, and never arrived"],
  [
    "it was answered by another's answer",
    [attempt({ text: answered("find_order", "AC-9") })],
    [arrival()],
    'AC-1 was answered by what another call brought: find_order {"order":"AC-9"}',
  ],
  [
    "a forbidden call was answered",
    [attempt({ kind: "forbidden", order: "DN-1", text: answered("create_refund", "DN-1") })],
    [],
    'DN-1 was answered, which is forbidden: create_refund {"order":"DN-1"}',
  ],
])("fails when %s", (_, attempts, arrivals, said) => {
  expect(breachesOf({ attempts, arrivals, approved: NONE })).toEqual([said]);
});

test("fails when a refund is answered before a person has approved it", () => {
  const seen = { attempts: [REFUND], arrivals: [PAID] };
  expect(breachesOf({ ...seen, approved: new Map([["RF-1", 11]]) })).toEqual([
    "RF-1 was answered before a person had approved it",
  ]);
});

test("fails when refunds are above their budget, by number and by sum", () => {
  const orders = Array.from({ length: 51 }, (_, index) => `RF-${index}`);
  const attempts = orders.map((order) => attempt({ kind: "refund", order, text: answered("create_refund", order) }));
  const arrivals = orders.map((order) => arrival({ tool: "create_refund", order, amount: 100 }));
  const approved = new Map(orders.map((order) => [order, 5]));
  expect(breachesOf({ attempts, arrivals, approved })).toEqual([
    "51 refunds of a day arrived",
    "refunds of 5100 of a day arrived",
  ]);
  expect(breachesOf({ attempts, arrivals: arrivals.slice(1), approved })).toEqual([
    "RF-0 was answered, and never arrived",
  ]);
});

const BEGUN = attempt({ kind: "begin", order: "", status: 201, text: "{}" });
const RECORDS: readonly Recorded[] = [
  { kind: "run.begun", run: "run-1", call: "" },
  { kind: "call.spent", run: "run-1", call: "payments.find" },
];

test("runs that began and calls that arrived are on record", () => {
  expect(unrecorded({ attempts: [BEGUN, attempt()], arrivals: [arrival()] }, RECORDS)).toEqual([]);
  expect(unrecorded({ attempts: [BEGUN, attempt({ status: 503, text: "" })], arrivals: [] }, RECORDS)).toEqual([]);
});

test("fails when a run or a call is not on record, or less often than it was", () => {
  const attempts = [BEGUN, attempt(), attempt({ order: "AC-2" })];
  const arrivals = [arrival(), arrival({ order: "AC-2" })];
  expect(unrecorded({ attempts, arrivals }, RECORDS)).toEqual([
    "call.spent run-1 payments.find happened 2 times and is on record 1 times",
  ]);
  expect(unrecorded({ attempts, arrivals }, [])).toEqual([
    "run.begun run-1 happened 1 times and is on record 0 times",
    "call.spent run-1 payments.find happened 2 times and is on record 0 times",
  ]);
});

test("an outage ends with the first answer behind which none failed", () => {
  const at = (to: number, status: number) => attempt({ to, status });
  expect(outage([at(10, 200), at(20, 200)], 15)).toBe(0);
  expect(outage([at(10, 503), at(20, 200)], 15)).toBe(0);
  expect(outage([at(20, 503), at(30, 200), at(40, 503), at(60, 200), at(70, 200)], 15)).toBe(45);
  expect(outage([at(20, 200), at(40, 503)], 15)).toBeUndefined();
  expect(outage([at(20, 200), attempt({ ...FORBIDDEN, to: 40 })], 15)).toBe(0);
  const hung = attempt({ from: 5, to: 90, status: 0, text: "" });
  expect(outage([hung, attempt({ from: 20, to: 30 }), attempt({ from: 40, to: 50 })], 15)).toBe(15);
});
