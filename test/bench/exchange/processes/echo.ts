/** Run by the bench in a process of its own: the exchange's server with an endpoint that answers every request alike. */
import { readFileSync } from "node:fs";
import { Hono } from "hono";
import { json } from "../../../../runtime/exchange/http/answer";
import { NodeServer } from "../../../../runtime/exchange/http/node-server";
import type { Environment } from "../../../../runtime/exchange/http/parts";
import type { Sample } from "../sample";

const [sample, certificate, key] = process.argv.slice(2).map((path) => readFileSync(path, "utf8"));

const { answer } = JSON.parse(sample as string) as Sample;
const app = new Hono<Environment>();
app.post("/token", async ({ req }) => {
  await req.raw.text();
  return json(answer);
});
const server = new NodeServer(app, { certificate: certificate as string, key: key as string }, () => undefined);
void server.listen("127.0.0.1", 0).then((port) => process.stdout.write(`${JSON.stringify({ port })}\n`));
