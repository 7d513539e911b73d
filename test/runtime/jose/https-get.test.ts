import { createServer, type Server } from "node:https";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { httpsGet } from "../../../runtime/jose/https-get";
import { certificate } from "../../support/certificate";

const { cert, key } = certificate({ commonName: "keys", ipAddress: [127, 0, 0, 1] });
let answer: RequestListener;
let server: Server;
let address: string;

beforeAll(async () => {
  server = createServer({ cert, key }, (request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `https://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test("what an address answers is read, by the authority that is named", async () => {
  answer = (request, response) => response.end(`${request.method} ${request.url}`);
  expect((await httpsGet({ ca: cert })(address)).toString()).toBe("GET /keys");
});

test("fails when no authority that Node trusts signed the certificate of the address", async () => {
  answer = (_, response) => response.end("x");
  await expect(httpsGet()(address)).rejects.toThrow("self-signed certificate");
});

test("fails when the address is another than the certificate's", async () => {
  answer = (_, response) => response.end("x");
  await expect(httpsGet({ ca: cert })(address.replace("127.0.0.1", "localhost"))).rejects.toThrow("does not match");
});

test.each(["http://127.0.0.1/keys", "file:///etc/passwd", "data:,x"])("fails when the address is %s", async (other) => {
  await expect(httpsGet({ ca: cert })(other)).rejects.toThrow(`the address must begin with https://, got ${other}`);
});

test.each([301, 302, 307, 308, 404, 500, 204])("fails when the answer is %s", async (status) => {
  answer = (_, response) => response.writeHead(status, { location: "https://evil.example" }).end("{}");
  await expect(httpsGet({ ca: cert })(address)).rejects.toThrow(`${address} answered ${status}`);
});

test("fails when the answer is too long, and stops reading", async () => {
  let sent = 0;
  answer = (_, response) => {
    const more = () => {
      sent += 1_000;
      if (response.destroyed || sent > 100_000_000) return;
      response.write("x".repeat(1_000), more);
    };
    more();
  };
  await expect(httpsGet({ ca: cert, longest: 5_000 })(address)).rejects.toThrow("answered more than 5000 bytes");
  expect(sent).toBeLessThan(100_000_000);
});

test.each<[string, RequestListener]>([
  ["nothing", () => undefined],
  ["its head only", (_, response) => response.flushHeaders()],
  [
    "a byte now and then",
    (_, response) => {
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(timer));
    },
  ],
])("fails when the answer is %s until the time is over", async (_, slow) => {
  answer = slow;
  await expect(httpsGet({ ca: cert, timeout: 200 })(address)).rejects.toThrow("aborted");
});

test("fails when the answer breaks off", async () => {
  answer = (_, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("x", () => response.destroy());
  };
  await expect(httpsGet({ ca: cert })(address)).rejects.toThrow("aborted");
});
