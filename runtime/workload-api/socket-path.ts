/** Of a Unix socket's path on Linux */
const LONGEST_PATH_BYTES = 107;

/** What the address of a Workload API must be */
export const SOCKET_ADDRESS = `unix://<absolute path of at most ${LONGEST_PATH_BYTES} bytes>`;

/** Path of the socket in an address; undefined if it names none. */
export function socketPathIn(address: string): string | undefined {
  const path = /^unix:(?:\/\/)?(\/[^/].*)$/.exec(address)?.[1];
  return path === undefined || Buffer.byteLength(path) > LONGEST_PATH_BYTES ? undefined : path;
}

/**
 * Path of the socket that `SPIFFE_ENDPOINT_SOCKET` names.
 *
 * @throws Error
 */
export function socketPath(address: string): string {
  const path = socketPathIn(address);
  if (path === undefined) {
    throw new Error(`SPIFFE_ENDPOINT_SOCKET must be ${SOCKET_ADDRESS}, got ${JSON.stringify(address)}`);
  }
  return path;
}
