import { connect } from "node:net";

const LOOPBACK = "127.0.0.1";
/** A port of the loopback answers at once, unless more connections wait there than it takes. */
const MILLISECONDS = 1_000;

/** Whether a loopback port accepts connections. Sends nothing, and closes the connection at once. */
export function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port, timeout: MILLISECONDS });
    const settle = (taken: boolean): void => {
      socket.destroy();
      resolve(taken);
    };
    socket.once("connect", () => settle(true));
    socket.once("timeout", () => settle(false));
    socket.once("error", () => settle(false));
  });
}
