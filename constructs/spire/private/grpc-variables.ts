/**
 * SPIRE 1.15.3 has gRPC 1.83.0, in which both ends of a Unix socket can deadlock while many calls are in flight
 * (grpc-go issue 9330): the server then signs nothing until it is restarted, although /live still answers. 10,000 is
 * the default of gRPC 1.85.0, which fixes it.
 */
export const GRPC_VARIABLES = { GRPC_GO_EXPERIMENTAL_CONTROL_BUFFER_THROTTLE_LIMIT: "10000" } as const;
