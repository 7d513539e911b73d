import { Server, ServerCredentials, type ServerUnaryCall } from "@grpc/grpc-js";
import { ADDRESS_KEY, PEER_KEY } from "../../../runtime/authorizer/envoy/check-response";
import { AUTHORIZATION, type CheckRequest } from "../../../runtime/authorizer/envoy/protocol";
import { Asked } from "./asked";

/**
 * An external authorization that looks at nothing: what Envoy and gRPC in Node cost by themselves. Its arguments are a Unix socket and the
 * tool's address, and the address and the SPIFFE ID of a pod, where requests for an agent come too. With `ASKED`, it asks a server there
 * about each call before.
 */
const [, , socket = "", address = "", pod = "", peer = ""] = process.argv;
const asked = process.env["ASKED"] === undefined ? undefined : new Asked(process.env["ASKED"]);
const server = new Server();
const tool = allowed({ [ADDRESS_KEY]: address });
const agent = allowed({ [ADDRESS_KEY]: pod, [PEER_KEY]: peer });
server.addService(AUTHORIZATION, {
  Check: async ({ request }: ServerUnaryCall<CheckRequest, object>, done: (error: null, answer: object) => void) => {
    await asked?.ask();
    done(null, request.attributes?.context_extensions["agents"] === undefined ? tool : agent);
  },
});
server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
  process.stdout.write("listening\n");
});

function allowed(told: Readonly<Record<string, string>>): object {
  const fields = Object.fromEntries(Object.entries(told).map(([key, stringValue]) => [key, { stringValue }]));
  return {
    status: { code: 0 },
    ok_response: { headers: [], headers_to_remove: ["authorization"] },
    dynamic_metadata: { fields },
  };
}
