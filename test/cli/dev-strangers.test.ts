import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { bodyOf } from "../../cli/dev/body-of";
import { AuthorizationCodes } from "../../cli/dev/issuer/authorization-codes";
import { SignInServer } from "../../cli/dev/issuer/sign-in-server";
import { PageServer } from "../../cli/dev/page/page-server";
import { Feed } from "../../cli/dev/watch/feed";
import { visited } from "../support/visited";

const REDIRECT = "http://127.0.0.1:1/x";
/** As many as wait at once */
const MANY = 256;

describe("a stranger's page in the same browser", () => {
  test("cannot follow the events, nor use up the streams of the page", async () => {
    const page = await PageServer.start({ feed: new Feed(), port: 0, talk: () => ({ state: () => ({}) }) as never });
    try {
      const asked = Array.from({ length: 20 }, async () =>
        visited(`${page.address}/events`, { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" } }),
      );
      expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([403]));
      const own = { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" };
      expect((await visited(`${page.address}/state`, { headers: own })).status).toBe(200);
    } finally {
      await page.close();
    }
  });

  test("cannot push out a sign-in that a person has begun", async () => {
    const server = new SignInServer({
      issuer: () => "https://issuer.example",
      codes: new AuthorizationCodes(),
      origins: () => [],
      groups: () => [],
      clientOf: (id) => ({ id, ofPeople: [], redirectUris: [REDIRECT] }),
      hasTask: () => true,
    });
    await server.listen();
    try {
      const query = new URLSearchParams({
        client_id: "desk",
        redirect_uri: REDIRECT,
        response_type: "code",
        code_challenge: "a".repeat(43),
        code_challenge_method: "S256",
        scope: "openid ambit:clerk:answer",
      }).toString();
      const url = `${server.authorizationEndpoint}?${query}`;
      const opened = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
      const page = await visited(url, { headers: opened });
      const request = /name="request" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
      const strangers = [
        { ...opened, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
        { ...opened, "sec-fetch-dest": "iframe" },
      ];
      for (let count = 0; count < MANY; count += 1) {
        const { status } = await visited(url, { headers: strangers[count % strangers.length] ?? {} });
        expect(status).toBe(403);
      }
      const { origin } = new URL(url);
      const answer = await visited(`${origin}/sign-in`, {
        method: "POST",
        headers: { origin, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ request, user: "ann" }).toString(),
      });
      expect([answer.status < 400, answer.to.startsWith(REDIRECT)]).toEqual([true, true]);
    } finally {
      await server.close();
    }
  });
});

test("a character whose bytes come in two parts is read as one", async () => {
  const server = createServer((request, response) => void bodyOf(request).then((body) => response.end(body)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [first = 0, second = 0] = Buffer.from("é");
  socket.write("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n");
  server.once("request", () =>
    socket.write(Buffer.of(first), () => setTimeout(() => socket.write(Buffer.of(second)), 20)),
  );
  let text = "";
  socket.setEncoding("utf8");
  for await (const part of socket) text += part as string;
  expect(text).toContain("é");
  server.close();
});
