import fc from "fast-check";
import { issuerAddress } from "../../domain/issuer-address";
import "../support/depth";

const PLAIN = "https://login.acme.example/realms/a";

test.each([
  ["a slash at the end", `${PLAIN}/`],
  ["slashes at the end", `${PLAIN}///`],
  ["scheme and host in capitals", "HTTPS://LOGIN.acme.example/realms/a"],
  ["the default port", "https://login.acme.example:443/realms/a"],
  ["a dot behind the host", "https://login.acme.example./realms/a"],
  ["steps that lead nowhere", "https://login.acme.example/x/.././realms/a"],
  ["letters that are encoded", "https://login.acme.example/re%61lms/%61"],
])("%s: the same issuer", (_, spelled) => {
  expect(issuerAddress(spelled)).toBe(issuerAddress(PLAIN));
});

test.each([
  ["a path in capitals", "https://login.acme.example/realms/A"],
  ["http", "http://login.acme.example/realms/a"],
  ["another port", "https://login.acme.example:8443/realms/a"],
  ["a slash that is encoded", "https://login.acme.example/realms%2Fa"],
  ["a query", `${PLAIN}?a`],
])("%s: another issuer", (_, spelled) => {
  expect(issuerAddress(spelled)).not.toBe(issuerAddress(PLAIN));
});

test("digits of what stays encoded are read in any case, and addresses of IPv4 in any form", () => {
  expect(issuerAddress("https://a.example/%2f")).toBe(issuerAddress("https://a.example/%2F"));
  for (const host of ["3221225985", "0xc0000201", "192.0.513", "0300.0.2.1"]) {
    expect(issuerAddress(`https://${host}`)).toBe("https://192.0.2.1");
  }
});

test("what it gives is compared as itself", () => {
  fc.assert(
    fc.property(fc.webUrl(), (url) => {
      expect(issuerAddress(issuerAddress(url))).toBe(issuerAddress(url));
    }),
  );
});
