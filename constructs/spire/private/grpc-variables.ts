/**
 * SPIRE 1.15.3 has gRPC 1.83.0, in which both ends of a Unix socket can stop for good while many calls are under way
 * (grpc-go issue 9330): the server then signs nothing until it is restarted, and /live still answers. 10,000 is what
 * gRPC 1.85.0, which mends it, takes by default.
 */
export const GRPC_VARIABLES = { GRPC_GO_EXPERIMENTAL_CONTROL_BUFFER_THROTTLE_LIMIT: "10000" } as const;
