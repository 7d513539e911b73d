import { authorizerCluster, externalAuthorization } from "./private/envoy-authorizer";
import { SOCKETS } from "./private/gateway-files";

/** The filter by which Envoy asks for a decision on each request */
export const EXT_AUTHZ = externalAuthorization();

/** The service that it asks */
export const AUTHORIZER = { cluster: authorizerCluster(SOCKETS.authorizer), socket: SOCKETS.authorizer } as const;
