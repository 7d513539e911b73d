import { z } from "zod";
import { Refusal } from "../../refusal/refusal";
import { unknownMemberIn } from "../../unknown-member";
import { json } from "./answer";
import { readJson } from "./body";
import type { Endpoint, ExchangeParts } from "./parts";

const BODY = z.strictObject({ token: z.string().min(1) });

/** `POST /outbound`: for the services that the configuration lists, by X.509-SVID only. */
export function outboundEndpoint({ clients, outbound }: ExchangeParts): Endpoint {
  return async ({ req, env }) => {
    const service = clients.service(env.connection);
    if (!outbound.services.has(service)) throw Refusal.of("caller.not-listed");
    const { success, data, error } = BODY.safeParse(await readJson(req.raw));
    const unknown = error && unknownMemberIn(error, BODY);
    if (unknown !== undefined) throw Refusal.of("request.malformed", `the body has ${unknown.what}`);
    if (!success) throw Refusal.of("request.malformed", "the body must be an object with the text token, and no more");
    return json(await outbound.credentials.credential(data.token, service));
  };
}
