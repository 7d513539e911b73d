import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { post } from "../../../runtime/decision/post";

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))));

/** Answers every request with these bytes */
async function answerOf(bytes: string, then: (socket: Socket) => unknown): Promise<Buffer> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(bytes);
      then(socket);
    });
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return post({
    to: "OPA",
    secure: false,
    options: { host: "127.0.0.1", port, agent: false },
    json: "{}",
    signal: AbortSignal.timeout(2_000),
    mostAnswerBytes: 100,
  });
}

const UPGRADE = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const stay = (): undefined => undefined;
const end = (socket: Socket): unknown => socket.end();

test("an answer of 200 is read whole", async () => {
  const answer = await answerOf("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", end);
  expect(answer.toString()).toBe("{}");
});

test.each<readonly [string, string, (socket: Socket) => unknown, string]>([
  [
    "an upgrade is answered, and the connection stays",
    UPGRADE,
    stay,
    "OPA answered with an upgrade, and 200 is expected",
  ],
  [
    "an upgrade is answered, and the connection ends",
    UPGRADE,
    end,
    "OPA answered with an upgrade, and 200 is expected",
  ],
  ["only hints come before the end", "HTTP/1.1 103 Early Hints\r\n\r\n", end, "socket hang up"],
  ["half an answer comes", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}", end, "aborted"],
])("fails when %s", async (_, bytes, then, message) => {
  await expect(answerOf(bytes, then)).rejects.toThrow(message);
});
