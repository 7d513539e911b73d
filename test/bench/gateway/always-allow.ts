import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ADDRESS_KEY } from "../../../runtime/authorizer/envoy/check-response";
import { AUTHORIZATION } from "../../../runtime/authorizer/envoy/protocol";

/** An external authorization that looks at nothing: what Envoy and gRPC in Node cost by themselves. Its arguments are a Unix socket and the tool's address. */
const [, , socket = "", address = ""] = process.argv;
const server = new Server();
const allowed = {
  status: { code: 0 },
  ok_response: { headers: [], headers_to_remove: ["authorization"] },
  dynamic_metadata: { fields: { [ADDRESS_KEY]: { stringValue: address } } },
};
server.addService(AUTHORIZATION, {
  Check: (_: unknown, done: (error: null, answer: typeof allowed) => void) => done(null, allowed),
});
server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
  process.stdout.write("listening\n");
});
