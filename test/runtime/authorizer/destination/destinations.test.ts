import { Denial } from "../../../../runtime/authorizer/denial";
import { Destinations } from "../../../../runtime/authorizer/destination/destinations";
import type { Found } from "../../../../runtime/dns-lookup";

const PUBLIC = "https://api.acme.example";

function world(addresses: readonly string[] | Error, seconds = 10) {
  const found = { now: 0, asked: 0, addresses };
  const destinations = new Destinations(
    async (): Promise<Found> => {
      found.asked += 1;
      if (found.addresses instanceof Error) throw found.addresses;
      return { addresses: found.addresses, seconds };
    },
    () => found.now * 1_000,
  );
  const of = async (url = PUBLIC, isPrivate = false): Promise<string> => {
    try {
      return await destinations.of({ url, isPrivate });
    } catch (error) {
      if (error instanceof Denial) return error.codes.join();
      throw error;
    }
  };
  return { found, of };
}

test("a tool is reached at an address of its host, and at the port of its address", async () => {
  expect(await world(["93.184.216.34"]).of()).toBe("93.184.216.34:443");
  expect(await world(["93.184.216.34"]).of(`${PUBLIC}:8443`)).toBe("93.184.216.34:8443");
  expect(await world(["2606:2800:220:1::1"]).of()).toBe("[2606:2800:220:1::1]:443");
  expect(await world(["2606:2800:220:1::1", "93.184.216.34"]).of()).toBe("93.184.216.34:443");
  expect(await world(new Error("no resolver")).of("https://93.184.216.34")).toBe("93.184.216.34:443");
});

test("several addresses take turns", async () => {
  const { of } = world(["93.184.216.34", "93.184.216.35"]);
  expect(new Set([await of(), await of()]).size).toBe(2);
});

test.each(["10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "fd00::1"])(
  "fails at %s, unless the tool declares a private address",
  async (address) => {
    expect(await world([address]).of()).toBe("gateway.destination");
    expect(await world([address]).of(PUBLIC, true)).toMatch(/:443$/);
  },
);

test.each([
  "127.0.0.1",
  "127.8.8.8",
  "0.0.0.0",
  "169.254.169.254",
  "224.0.0.1",
  "255.255.255.255",
  "::1",
  "::",
  "fe80::1",
  "::ffff:10.0.0.1",
  "::ffff:169.254.169.254",
  "64:ff9b::a00:1",
  "2002:a00:1::",
  "fd00:ec2::254",
  "ff02::1",
])("fails at %s, also for a tool that declares a private address", async (address) => {
  expect(await world([address]).of()).toBe("gateway.destination");
  expect(await world([address]).of(PUBLIC, true)).toBe("gateway.destination");
});

test("fails where one of several addresses is not allowed, also if another one would be used", async () => {
  expect(await world(["93.184.216.34", "10.0.0.1"]).of()).toBe("gateway.destination");
  expect(await world(["10.0.0.1", "93.184.216.34"]).of()).toBe("gateway.destination");
  expect(await world(["93.184.216.34", "fe80::1"]).of()).toBe("gateway.destination");
});

test("fails where a name leads to another network, as soon as its remembered addresses have expired", async () => {
  const { found, of } = world(["93.184.216.34"]);
  expect(await of()).toBe("93.184.216.34:443");
  found.addresses = ["10.0.0.1"];
  found.now = 9;
  expect(await of()).toBe("93.184.216.34:443");
  found.now = 10;
  expect(await of()).toBe("gateway.destination");
});

test("a name is looked up at most once in 5 s, at least once in 30 s, and once for all calls of one moment", async () => {
  const quick = world(["93.184.216.34"], 0);
  await Promise.all([quick.of(), quick.of(), quick.of()]);
  quick.found.now = 4;
  await quick.of();
  expect(quick.found.asked).toBe(1);
  quick.found.now = 5;
  await quick.of();
  expect(quick.found.asked).toBe(2);
  const slow = world(["93.184.216.34"], 86_400);
  await slow.of();
  slow.found.now = 30;
  await slow.of();
  expect(slow.found.asked).toBe(2);
});

test("fails where there is no address, or no answer for more than a minute", async () => {
  expect(await world([]).of()).toBe("gateway.name");
  expect(await world(new Error("ETIMEOUT")).of()).toBe("gateway.name");
  const { found, of } = world(["93.184.216.34"]);
  await of();
  found.addresses = new Error("ETIMEOUT");
  found.now = 59;
  expect(await of()).toBe("93.184.216.34:443");
  found.now = 60;
  expect(await of()).toBe("gateway.name");
});
