import { COURIER_HOST, MODEL } from "../cluster/tools/hosts";
import { mcpAnswer } from "../cluster/tools/mcp-stand-in";
import { type Arrived, type Lasting, Tools } from "../cluster/tools/tools";
import { COURIER } from "./fleet/courier-server";
import { type Desk, DESK_HOST } from "./people/desk";

/** What the model always says */
export const SAID = "Send the parcel again, and apologize.";
/** What it says again and again where it is asked for a stream, which it never ends */
const WORDS = "and so on, ";
const WORDS_MILLISECONDS = 300;

/** In place of the example's tools, its model among them, of the courier, and of the desk at which users click */
export function storyTools(desk: Desk): Tools {
  return new Tools(
    new Map([
      [MODEL, modelAnswer],
      [DESK_HOST, desk.answer],
      [COURIER_HOST, ({ body }: Arrived): unknown => mcpAnswer("courier", COURIER, JSON.parse(body) as never)],
    ]),
  );
}

interface Asked {
  readonly model: string;
  readonly stream?: boolean;
}

/** Of Anthropic's Messages API */
function modelAnswer({ body }: Arrived): object | Lasting {
  const { model, stream = false } = JSON.parse(body) as Asked;
  const message = { id: "msg_1", type: "message", role: "assistant", model };
  if (stream) return (response) => streamed(response, message);
  return {
    ...message,
    content: [{ type: "text", text: SAID }],
    stop_reason: "end_turn",
    usage: { input_tokens: 40, output_tokens: 9 },
  };
}

function streamed(response: Parameters<Lasting>[0], message: object): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const usage = { input_tokens: 40, output_tokens: 1 };
  response.write(event("message_start", { message: { ...message, content: [], usage } }));
  response.write(event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }));
  const words = event("content_block_delta", { index: 0, delta: { type: "text_delta", text: WORDS } });
  const timer = setInterval(() => response.write(words), WORDS_MILLISECONDS);
  response.once("close", () => clearInterval(timer));
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;
}
