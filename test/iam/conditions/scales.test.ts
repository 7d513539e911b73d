import { BlockList } from "node:net";
import fc from "fast-check";
import { examplesOn, SCALES } from "../../../iam/conditions/scales";
import { type Interval, IntervalSet } from "../../../iam/sets/interval-set";
import "../../support/depth";

const { date, ip, number } = SCALES;

describe("numbers", () => {
  const decimal = fc
    .record({ whole: fc.integer({ min: -99_999, max: 99_999 }), digits: fc.integer({ min: 0, max: 9 }) })
    .map(({ whole, digits }) => (whole / 10 ** digits).toFixed(digits));

  test("are in the order of their values", () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const points = [number.read(a), number.read(b)] as [bigint, bigint];
        expect(Math.sign(Number(points[0] - points[1]))).toBe(Math.sign(Number(a) - Number(b)));
      }),
    );
  });

  test("are written as they are read", () => {
    fc.assert(
      fc.property(decimal, (text) => {
        const point = number.read(text) as bigint;
        expect(number.read(number.write(point))).toBe(point);
        expect(Number(number.write(point))).toBe(Number(text) + 0);
      }),
    );
  });

  test.each(["999999999999999", "0.000000000000001", "99999999999999900000", "-1234567.89012345"])(
    "take up to 15 digits that count: %s",
    (text) => expect(number.read(text)).toBeDefined(),
  );

  test.each([
    "",
    "-",
    "+5",
    ".5",
    "5.",
    "5..0",
    "--5",
    "5 ",
    "5\n",
    "1e3",
    "0b1",
    "٥",
    "1234567890123456",
    "0.1234567890123456",
    "100000000000000000000000",
    "1.0000000000000000000000",
    `1${"0".repeat(100_000)}`,
  ])("fails when a number is written %j", (text) => expect(number.read(text)).toBeUndefined());
});

describe("moments", () => {
  const anyDate = fc.date({
    min: new Date("1000-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  });

  test("are the milliseconds that the platform counts", () => {
    fc.assert(
      fc.property(anyDate, (moment) => {
        expect(date.read(moment.toISOString())).toBe(BigInt(moment.getTime()));
        expect(date.read(date.write(BigInt(moment.getTime())))).toBe(BigInt(moment.getTime()));
      }),
    );
  });

  test("are the same in every zone", () => {
    fc.assert(
      fc.property(
        anyDate,
        fc.integer({ min: -23, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        (moment, hours, minutes) => {
          const sign = hours < 0 ? "-" : "+";
          const zone = `${sign}${String(Math.abs(hours)).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
          const text = moment.toISOString().replace("Z", zone);
          const ahead = (hours < 0 ? -1 : 1) * (Math.abs(hours) * 60 + minutes) * 60_000;
          const expected = BigInt(moment.getTime() - ahead);
          const isKnown = expected >= date.universe.from && expected <= date.universe.to;
          expect(date.read(text)).toBe(isKnown ? expected : undefined);
        },
      ),
    );
  });

  test.each([
    ["0", 0n],
    ["1", 1000n],
    ["1970-01-01", 0n],
    ["1969-12-31T23:59:59.9Z", -100n],
    ["2024-02-29T00:00Z", 1_709_164_800_000n],
  ])("%s is %s ms after 1970", (text, expected) => expect(date.read(text)).toBe(expected));

  test.each([
    "",
    "2026",
    "2026-1-1",
    "26-01-01",
    "0000-01-01",
    "0999-12-31",
    "10000-01-01",
    "2026-00-01",
    "2026-01-00",
    "2026-01-32",
    "2026-12-99",
    "2026-04-31",
    "1900-02-29",
    "2026-01-01Z",
    "2026-01-01T",
    "2026-01-01T00Z",
    "2026-01-01 00:00:00Z",
    "2026-01-01t00:00:00z",
    "2026-01-01T00:60:00Z",
    "2026-01-01T23:59:60Z",
    "2026-01-01T00:00:00.Z",
    "2026-01-01T00:00:00+0100",
    "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00+01",
    "-1",
    "1.5",
    "253402300800",
    "9999999999999",
    "2026-01-01T00:00:00Z\n",
  ])("fails when a moment is written %j", (text) => expect(date.read(text)).toBeUndefined());
});

describe("addresses", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const ipv4 = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join("."));
  const address = fc.oneof(ipv4, fc.ipV6());

  test("are written as they are read", () => {
    fc.assert(
      fc.property(address, (text) => {
        const point = ip.read(text) as bigint;
        expect(ip.read(ip.write(point))).toBe(point);
      }),
    );
  });

  test("are in a block where Node's net says so", () => {
    fc.assert(
      fc.property(address, address, fc.integer({ min: 0, max: 128 }), (of, other, bits) => {
        const family = (text: string): "ipv4" | "ipv6" => (text.includes(":") ? "ipv6" : "ipv4");
        const prefix = family(of) === "ipv4" ? bits % 33 : bits;
        const block = ip.range(`${of}/${prefix}`) as Interval;
        const net = new BlockList();
        net.addSubnet(of, prefix, family(of));
        for (const text of [of, other, ...[block.from, block.to].map((point) => ip.write(point))]) {
          // Node takes an IPv4 address for the same one in IPv6; IAM does not say that it does.
          const expected = family(text) === family(of) && net.check(text, family(text));
          expect([text, IntervalSet.of([block]).has(ip.read(text) as bigint)]).toEqual([text, expected]);
        }
      }),
    );
  });

  test("are short where people shorten them", () => {
    expect(ip.write(ip.read("2001:0DB8:0:0:0:0:0:1") as bigint)).toBe("2001:db8::1");
    expect(ip.write(ip.read("::") as bigint)).toBe("::");
    expect(ip.write(ip.read("1.2.3.4") as bigint)).toBe("1.2.3.4");
  });

  test.each([
    "",
    "/8",
    "10.0.0.0/",
    "10.0.0.0/08",
    "10.0.0.0/-1",
    "10.0.0.0/+8",
    "10.0.0.0/8/8",
    "10.0.0.0/255.0.0.0",
    "10.0.0.0 /8",
    "10.0.0",
    "1.2.3.4.5",
    "0x0a.0.0.0",
    "10.0.0.0/33",
    "::/129",
    "::/1000",
    ":::",
    "1:2:3:4:5:6:7:8:9",
    "g::",
    "[::1]",
    "fe80::1%1",
    "::1.2.3",
    "10.0.0.1\n",
  ])("fails when a block is written %j", (text) => expect(ip.range(text)).toBeUndefined());
});

describe("examples", () => {
  const from = (text: string): bigint => number.read(text) as bigint;
  const numbers = (low: string | undefined, high: string | undefined): readonly string[] =>
    examplesOn(
      number,
      IntervalSet.of([
        {
          from: low === undefined ? number.universe.from : from(low),
          to: high === undefined ? number.universe.to : from(high),
        },
      ]),
    );

  test.each([
    [undefined, undefined, "1"],
    ["5", undefined, "5"],
    ["5.2", undefined, "6"],
    [undefined, "-5", "-5"],
    [undefined, "-5.5", "-6"],
    ["5.21", "5.39", "5.3"],
    ["-5.39", "-5.31", "-5.39"],
    ["0.000000000000001", "0.000000000000001", "0.000000000000001"],
  ])("between %s and %s is %s", (low, high, expected) => expect(numbers(low, high)[0]).toBe(expected));

  test("are no rounder than the universe leaves room for", () => {
    const scale = { ...number, universe: { from: 1n, to: 99n }, preferred: [], units: [10n, 1n], write: String };
    expect(examplesOn(scale, IntervalSet.of([{ from: 1n, to: 5n }]))).toEqual(["5"]);
  });

  test("there are none in nothing", () => {
    for (const scale of Object.values(SCALES)) expect(examplesOn(scale, IntervalSet.of([]))).toEqual([]);
  });

  test("are in the set", () => {
    const end = fc.integer({ min: -2000, max: 2000 }).map((hundredths) => from((hundredths / 100).toFixed(2)));
    fc.assert(
      fc.property(fc.array(fc.record({ from: end, to: end }), { maxLength: 4 }), (intervals) => {
        const set = IntervalSet.of(intervals);
        const examples = examplesOn(number, set);
        expect(examples.every((text) => set.has(number.read(text) as bigint))).toBe(true);
        expect(examples.length > 0).toBe(!set.isEmpty);
      }),
    );
  });
});
