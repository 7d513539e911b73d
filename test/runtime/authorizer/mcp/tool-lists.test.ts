import { createServer, type TLSSocket } from "node:tls";
import { ToolLists } from "../../../../runtime/authorizer/mcp/tool-lists";
import { certificate } from "../../../support/certificate";
import { NEW, result } from "../../../support/mcp-world";

const OWN = certificate({ commonName: "mcp.example", dnsNames: ["mcp.example"] });

/** Tools that a server lists which answers the nth connection so */
async function listed(answer: (nth: number) => string, isNeeded?: (tool: object) => boolean): Promise<unknown> {
  let connections = 0;
  const open = new Set<TLSSocket>();
  const server = createServer(OWN, (socket) => {
    open.add(socket);
    const text = answer((connections += 1));
    socket.on("error", () => undefined).once("data", () => (text === "" ? socket.destroy() : socket.write(text)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  try {
    const asked = { url: "https://mcp.example/mcp", address: `127.0.0.1:${port}`, headers: {} };
    return await new ToolLists(OWN.cert).of(asked, NEW, isNeeded);
  } finally {
    for (const socket of open) socket.destroy();
    server.close();
  }
}

function page(tools: readonly object[], nextCursor?: string): string {
  const body = JSON.stringify(result({ tools: tools as never, ...(nextCursor !== undefined && { nextCursor }) }));
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

test("tools of all pages are kept, where they are needed", async () => {
  const pages = [page([{ name: "a" }, { name: "b" }], "next"), page([{ name: "c" }])];
  expect(
    await listed(
      (nth) => pages[nth - 1] ?? "",
      (tool) => !("name" in tool && tool.name === "b"),
    ),
  ).toEqual([{ name: "a" }, { name: "c" }]);
});

test("a tool on two pages is told twice, so that it can be refused", async () => {
  const pages = [page([{ name: "a", title: "1" }], "next"), page([{ name: "a", title: "2" }])];
  expect(await listed((nth) => pages[nth - 1] ?? "")).toEqual([
    { name: "a", title: "1" },
    { name: "a", title: "2" },
  ]);
});

test.each([
  [
    "answers with another protocol",
    () => "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    "the server answered with another protocol (101)",
  ],
  ["closes without an answer", () => "", "socket hang up"],
  [
    "lists more than 4 MiB in all its pages",
    () => page([{ name: "x".repeat(1_500_000) }], "next"),
    "the server answered more than 4194304 bytes",
  ],
])("fails where the server %s", async (_, answer, message) => {
  await expect(listed(answer)).rejects.toThrow(message);
});
