import { COURIER_HOST, MODEL } from "../cluster/tools/hosts";
import { mcpAnswer } from "../cluster/tools/mcp-stand-in";
import { type Arrived, Tools } from "../cluster/tools/tools";
import { COURIER } from "./fleet/courier-server";

/** What the model always says */
export const SAID = "Send the parcel again, and apologize.";
/** In place of the example's tools, its model among them, and of the courier */
export function storyTools(): Tools {
  return new Tools(
    new Map([
      [MODEL, modelAnswer],
      [COURIER_HOST, ({ body }: Arrived): unknown => mcpAnswer("courier", COURIER, JSON.parse(body) as never)],
    ]),
  );
}

/** Of Anthropic's Messages API */
function modelAnswer({ body }: Arrived): object {
  const { model } = JSON.parse(body) as { readonly model: string };
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model,
    content: [{ type: "text", text: SAID }],
    stop_reason: "end_turn",
    usage: { input_tokens: 40, output_tokens: 9 },
  };
}
