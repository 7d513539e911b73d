import { serve } from "@hono/node-server";
import { type Context, Hono } from "hono";

/** An agent in Hono, which knows nothing of Ambit but where its companion is: it hands on one header of each request. */
const desk = new Hono();
const TASK = `${process.env["AMBIT_COMPANION_URL"]}/v1/tasks`;

async function passed(context: Context, path: string, options: RequestInit = {}): Promise<Response> {
  const headers = { "content-type": "application/json", "ambit-run": context.req.header("ambit-run") ?? "" };
  const { status, text } = await fetch(`${TASK}${path}`, { ...options, headers }).then(async (answer) => ({
    status: answer.status,
    text: await answer.text(),
  }));
  return context.json({ status, text, headers: context.req.header() });
}

/** Reads a ticket of the user who asks. */
desk.post("/chat", async (context) => {
  const { ticket } = await context.req.json<{ readonly ticket: number }>();
  return passed(context, `/answer/tools/zendesk/api/v2/tickets/${ticket}`);
});

/** Asks a model. */
desk.post("/threads/ask", (context) =>
  passed(context, "/answer/tools/claude/v1/messages", {
    method: "POST",
    body: JSON.stringify({
      model: "claude-sonnet-4-5",
      max_tokens: 16,
      messages: [{ role: "user", content: "Which ticket?" }],
    }),
  }),
);

serve({ fetch: desk.fetch, hostname: "127.0.0.1", port: 8080 });
